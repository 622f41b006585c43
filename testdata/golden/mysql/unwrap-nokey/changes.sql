insert into p values(2,'a'); update p set v='b' where a=2; delete from p where a=2; delete from p where a=1;
