create table t(a int not null, b int not null, v varchar(5)); insert into t values(1,1,'x');
