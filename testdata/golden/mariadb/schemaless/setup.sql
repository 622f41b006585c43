create table t(id int primary key, a decimal(5,2), b json, c datetime(3)); insert into t values(1,1.5,'{"a":1}','2020-01-01');
