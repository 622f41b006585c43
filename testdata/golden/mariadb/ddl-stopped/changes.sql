insert into t values(2,'b');
-- @stop
insert into t values(3,'c'); alter table t add w int default 4 first; insert into t values(1,4,'d'); alter table t drop column v; insert into t values(2,5); create table fresh(id int primary key, x text); insert into fresh values(1,'n'); rename table fresh to fresher; insert into fresher values(2,'m');
-- @start
insert into t values(3,6); insert into fresher values(3,'o');
