alter table t modify a bigint not null default 5, modify d decimal(8,4); insert into t values(2,2,'ü','y',2.25,null);
alter table t modify c enum('x','y','z') default 'z'; insert into t(id) values(3);
alter table t convert to character set utf8mb4; insert into t(id,b) values(4,'😀');
alter table t alter a drop default, alter b set default 'dd'; insert into t(id,a) values(5,1);
alter table t modify e datetime(3) default current_timestamp(3), add g int as (a+1) stored, add h int invisible default 9; insert into t(id,a,e) values(6,1,'2020-01-01 00:00:00.5');
alter table t drop column c, drop column g, modify b text; update t set b='long' where id=6;
alter table t modify a varchar(20) first, add i int unsigned after id; update t set a='str' where id=6; delete from t where id=6;
truncate t; insert into t(id,a,e) values(7,'q',null);
