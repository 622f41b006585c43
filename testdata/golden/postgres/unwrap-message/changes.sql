select pg_logical_emit_message(true,'pre','text'); insert into p(id,n) values(2,2);
