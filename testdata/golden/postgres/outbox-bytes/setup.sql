create table outbox(id uuid primary key, aggregatetype text not null, aggregateid uuid, type text, payload bytea);
