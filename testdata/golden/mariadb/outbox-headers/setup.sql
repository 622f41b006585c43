create table outbox(id uuid primary key, aggregatetype varchar(50), aggregateid varchar(50), type varchar(50), payload json, n int, d decimal(10,2), t datetime(6));
