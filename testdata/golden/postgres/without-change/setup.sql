create table t(id int primary key, a varchar(9), b int); alter table t replica identity full; insert into t values(1,'x',1);
