create sequence sq; create table t(id int primary key default nextval(sq), v int); insert into t(v) values(1);
