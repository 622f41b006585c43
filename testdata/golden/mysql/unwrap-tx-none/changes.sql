begin; insert into p(id,n) values(2,2);  insert into p(id,n) values(3,3); commit;
update p set v='b' where id=2;
begin; update p set id=4 where id=3; delete from p where id=2; commit;
