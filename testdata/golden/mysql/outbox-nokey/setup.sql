create table outbox(id varchar(36) primary key, aggregatetype varchar(50), aggregateid varchar(50), type varchar(50), payload json);
