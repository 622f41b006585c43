create table t1(k int primary key);
