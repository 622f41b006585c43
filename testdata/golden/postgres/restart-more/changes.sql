update t set v=3 where id=1;
-- @stop
begin; insert into t values(4,4),(5,5); update t set id=6 where id=4; delete from t where id=2; commit; truncate t; insert into t values(7,7);
-- @start
insert into t values(8,8);
