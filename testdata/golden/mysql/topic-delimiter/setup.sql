create table t(id int primary key, v int); create table `a.b-c`(id int primary key); insert into t values(1,1); insert into `a.b-c` values(1);
