insert into p(id) values(2);
