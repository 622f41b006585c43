create table t(id int primary key); create table gold_ddl_databases_two.u(id int primary key); insert into t values(1);
