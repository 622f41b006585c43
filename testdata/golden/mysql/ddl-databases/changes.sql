alter database gold_ddl_databases_two character set latin1; create table gold_ddl_databases_two.w(id int primary key, v varchar(5) default 'é'); insert into gold_ddl_databases_two.w values(1,'ü');
create view vw as select * from t; create procedure pr() select 1; create index i on t(id); drop index i on t; analyze table t;
use gold_ddl_databases_two; insert into u values(1); create table gold_ddl_databases.x(id int primary key); insert into gold_ddl_databases.x values(1); drop table u, w;
