update t set v=3 where id=1;
-- @restart
update t set id=3 where id=1;
-- @stop
begin; insert into t values(4,4),(5,5); delete from t where id=2; commit;
-- @start
insert into t values(6,6);
