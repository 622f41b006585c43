create table orders_s1(id int, v varchar(5));
create table orders_s2(id int, v varchar(5));
create table other(id int);
insert into orders_s1 values(1,'a');
