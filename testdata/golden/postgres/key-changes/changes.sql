insert into t values(1,'a'),(2,'b'),(3,'c'); update t set id=id+10; update t set id=id-9; begin; update t set id=-1 where id=2; update t set id=2 where id=3; update t set id=3 where id=-1; commit;
insert into c values(1,'x',1.5),(1,'y',2); update c set b='z' where b='x'; update c set n=n+1; insert into c values(1,'z',9) on conflict(a,b) do update set n=excluded.n, a=7;
insert into u values('p','q'); update u set a='P'; update u set b='r'; delete from u;
merge into t using (values(2,'m'),(9,'n')) s(id,v) on t.id=s.id when matched then update set v=s.v when not matched then insert values(s.id,s.v);
delete from t where id>3;
