insert into t values(2,'b');
-- @stop
insert into t values(3,'c'); alter table t add w int default 4; insert into t values(4,'d',5); update t set w=6 where id=1; create table fresh(id int primary key, x text); insert into fresh values(1,'n');
-- @start
insert into t values(5,'e',6); insert into fresh values(2,'m');
