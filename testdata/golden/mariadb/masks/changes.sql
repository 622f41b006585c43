insert into p(id,m2) values(2,'');
update p set m1='', z3=null, t4='abc' where id=1;
delete from p where id=2;
