create table t(id int primary key, v varchar(5)); create table gone(id int primary key); insert into t values(1,'a');
