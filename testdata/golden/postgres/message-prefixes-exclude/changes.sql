select pg_logical_emit_message(true,'yes','text'); select pg_logical_emit_message(false,'nope','no'); select pg_logical_emit_message(false,'','');
