create table outbox(id int primary key, aggregatetype varchar(50), aggregateid varchar(50), type varchar(50), payload json, ver int);
