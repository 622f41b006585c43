insert into p values(2,'a',-0.01,'1999-12-31 23:59:59.000001','[1, "x"]',x'01',2);
insert into p values(3,null,null,null,null,null,3);
update p set v='b', d=null where id=2;
update p set id=4 where id=3;
delete from p where id=2;
