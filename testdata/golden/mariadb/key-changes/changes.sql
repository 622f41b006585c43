insert into t values(1,'a'),(2,'b'),(3,'c');
update t set id=id+10 order by id desc;
update t set id=case id when 11 then 12 when 12 then 11 else id end, v=concat(v,'!') where id in(11,12) and 1=0;
begin; update t set id=-1 where id=11; update t set id=11 where id=12; update t set id=12 where id=-1; commit;
insert into t values(11,'dup') on duplicate key update v='ondup', id=21;
replace into t values(12,'rep');
insert into c values(1,'x',1.5),(1,'y',2); update c set b='z' where b='x'; update c set b='Y' where b='y'; update c set n=n+1;
insert into u(a,b) values('p','q'); update u set a='P' where a='p'; update u set b='r'; delete from u;
delete from t where id>20;
