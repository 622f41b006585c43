create table t(id int primary key, v varchar(9)); create table nk(a int, b varchar(5)); insert into t values(1,'x'); insert into nk values(1,'y');
