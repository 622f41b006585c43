insert into p(id,n) values(2,2); truncate p; insert into p(id,n) values(3,3);
