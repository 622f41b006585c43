create table outbox(id uuid primary key, aggregatetype text, aggregateid text, type text, payload text, part int);
