create table p(id int unsigned primary key, a varchar(20), b decimal(10,3), c datetime(3), d enum('x','y'), e char(2), f bit(5), g int, h varbinary(7)); insert into p(id,a,b) values(1,'x',1.5);
