create table orders_s1(id int primary key, v varchar(5)); create table orders_s2(a bigint, b varchar(5), d decimal(10,2), primary key(a,b)); insert into orders_s1 values(1,'a');
