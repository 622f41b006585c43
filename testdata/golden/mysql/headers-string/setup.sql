create table t(id int, b decimal(5,2), c varchar(9), d boolean, e bigint, primary key(id,b)); insert into t values(1,1.5,'x',true,1);
