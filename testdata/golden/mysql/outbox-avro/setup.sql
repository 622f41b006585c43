create table outbox(id varchar(36) primary key, aggregatetype varchar(50) not null, aggregateid varchar(50) not null, type varchar(50) not null, payload json);
