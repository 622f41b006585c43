create table p(id int primary key, a varchar(20), b numeric(10,3), c timestamp(3), d text, e char(2), f bit(5), g int[], h numeric, i bigint); insert into p(id,a,b) values(1,'x',1.5);
