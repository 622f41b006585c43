create table t(id int primary key, v varchar(9) default 'x', n int default 5); insert into t values(1,null,null);
