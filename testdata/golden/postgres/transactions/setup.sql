create schema s1; create table a(id int primary key, v int); create table s1.b(id int primary key); insert into a values(1,1);
