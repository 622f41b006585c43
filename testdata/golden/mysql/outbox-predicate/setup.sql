create table outbox(id varchar(36) primary key, aggregatetype varchar(50) not null, aggregateid varchar(50) not null, type varchar(50) not null, payload json);
create table orders(id int primary key, v varchar(5)); insert into orders values(1,'a');
