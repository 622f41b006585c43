create table outbox(id bigint primary key, aggregatetype varchar(50), k decimal(5,2), type varchar(50), payload json);
