create table t(id int primary key, v text); insert into t values(0,'snap'); select pg_replication_origin_create('gold_origin');
