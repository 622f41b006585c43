insert into t values(1,'own');
select pg_replication_origin_session_setup('gold_origin'); insert into t values(2,'no place'); begin; select pg_replication_origin_xact_setup('0/1234ABCD', now()); insert into t values(3,'place'); update t set v='x' where id=1; select pg_logical_emit_message(true,'p','m'); commit; insert into t values(4,'after'); select pg_replication_origin_session_reset(); insert into t values(5,'own again');
-- @wait 0.5
select pg_replication_origin_drop('gold_origin'); insert into t values(6,'end');
