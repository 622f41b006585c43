begin; insert into p(k,n) values(2,2);  insert into p(k,n) values(3,3); commit;
update p set v='b' where k=2;
begin; update p set k=4 where k=3; delete from p where k=2; commit;
