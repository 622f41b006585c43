create table t(id int, b numeric(5,2), c text, primary key(id,b)); create table nk(a int); alter table nk replica identity full; insert into t values(1,1.5,'x'); insert into nk values(1);
