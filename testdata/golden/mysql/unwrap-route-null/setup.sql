create table p(id int primary key, v varchar(10), n int); insert into p values(1,'gn_a',1);
