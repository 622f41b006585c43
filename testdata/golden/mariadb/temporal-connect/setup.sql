create table t(id int primary key, a date, b time, c time(6), d datetime, e datetime(3), f datetime(6), g timestamp null, h timestamp(6) null, i year, j date not null default '2001-02-03', k time(2) not null default '10:11:12.25', l datetime(6) not null default '1999-12-31 23:59:59.123456', m datetime default '2000-01-01 12:00:00');
set time_zone='+00:00';
insert into t(id,a,b,c,d,e,f,g,h,i) values(1,'2020-02-29','13:14:15','13:14:15.123456','2020-02-29 13:14:15','2020-02-29 13:14:15.123','2020-02-29 13:14:15.123456','2020-02-29 13:14:15','2020-02-29 13:14:15.123456',2020);
