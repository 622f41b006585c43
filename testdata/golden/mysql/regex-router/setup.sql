create table t1(id int primary key); create table t2(id int primary key); create table s(id int primary key); insert into t1 values(1);
