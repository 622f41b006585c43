create table outbox(id text primary key, aggregatetype text, aggregateid text, type text, payload jsonb);
