create table p(id int primary key, v varchar(10), n int); insert into p values(1,'gq_a',1);
