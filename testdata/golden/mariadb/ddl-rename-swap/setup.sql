create table t(id int primary key, v varchar(5)); insert into t values(1,'a');
