create table t(id int primary key, n int, a text, b bytea, c text[]); alter table t alter a set storage external, alter b set storage external, alter c set storage external; create table nk(a int); alter table nk replica identity full;
insert into nk values(1);
