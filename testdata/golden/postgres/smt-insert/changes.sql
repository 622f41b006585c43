insert into p values(2,'b','a',-0.01,'1969-12-31 23:59:59.999999','1999-12-31 23:59:59Z','1960-01-01','01:00:00','[1]','\x01',-2,-5,-0.5,-1e10,false);
insert into p(id,k2,v,n) values(3,'c',null,3);
update p set v='b', d=null where id=2;
update p set id=4 where id=3;
delete from p where id=2;
