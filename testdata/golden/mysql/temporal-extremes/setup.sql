create table t(id int primary key, a date not null, b time, c time(6) not null, d datetime, e datetime(2), f datetime(5), g datetime(6), h timestamp null, i timestamp(1) null, j timestamp(6) not null default current_timestamp(6), k year not null default 1901);
set time_zone='+00:00';
insert into t values(1,'1000-01-01','-838:59:59','-838:59:59.000000','1000-01-01','1000-01-01 00:00:00.01','1000-01-01 00:00:00.00001','1000-01-01 00:00:00.000001','1970-01-01 00:00:01','1970-01-01 00:00:01.1','1970-01-01 00:00:01.000001',1901);
