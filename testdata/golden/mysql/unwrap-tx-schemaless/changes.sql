begin; insert into p(k,n) values(2,2); insert into q values(1); commit; delete from p where k=2;
