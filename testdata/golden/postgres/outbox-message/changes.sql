select pg_logical_emit_message(true,'outbox','{"id":"m1","aggregatetype":"gpms","aggregateid":"o-1","type":"C","payload":{"a":1}}');
