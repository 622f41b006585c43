create table t(id int primary key, a int default 3, b text, c varchar(5) not null); insert into t values(1,1,'x','y');
