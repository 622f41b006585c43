insert into p(id) values(2); insert into p values(3,null,null,3,null); update p set v=null, n=null, d=null where id=2; delete from p where id=3;
