insert into t(id) values('\x02');
update t set a='', b='{}' where id='\x02';
select pg_logical_emit_message(true,'gold','\xfbfffe'::bytea);
delete from t where id='\x01ff';
