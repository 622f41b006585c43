create table t(id int, b decimal(5,2), c varchar(5), primary key(id,b)); create table nk(a int); insert into t values(1,1.5,'x'); insert into nk values(1);
