create table outbox(id uuid primary key, aggregatetype varchar(50) not null, aggregateid varchar(50) not null, type varchar(50) not null, payload jsonb);
create table orders(id int primary key, v varchar(5)); insert into orders values(1,'a');
