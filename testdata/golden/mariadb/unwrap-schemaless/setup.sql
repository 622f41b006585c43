create table p(id int primary key, v varchar(10) default 'dv', d decimal(10,2), t datetime(6), j json, b varbinary(4), n int not null);
insert into p values(1,'s',1.50,'2024-01-02 03:04:05.678901','{"a": 1}',x'00ff',1);
