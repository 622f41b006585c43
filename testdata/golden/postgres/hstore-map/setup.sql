create extension hstore;
create table t(id int primary key, a hstore, b hstore not null default '', c hstore default 'k=>1', d hstore[]);
insert into t(id,a,d) values(1,'a=>1, "b c"=>"x\"y", n=>NULL','{"a=>1","b=>NULL"}');
