create table t(id int primary key, a date, b time, c time(3), d time(6), e datetime, f datetime(1), g datetime(3), h datetime(4), i datetime(6), j timestamp null, k timestamp(2) null, l timestamp(6) null, m year, n date not null default '2001-02-03', o time(2) not null default '10:11:12.25', p datetime(6) not null default '1999-12-31 23:59:59.123456', q datetime default '2000-01-01 12:00:00', r time default '23:59:59');
create table k(a date, b time(3), c datetime(6), d timestamp(3), e year, primary key(a,b,c,d,e));
set time_zone='+00:00';
insert into t(id,a,b,c,d,e,f,g,h,i,j,k,l,m) values(1,'2020-02-29','13:14:15','13:14:15.123','13:14:15.123456','2020-02-29 13:14:15','2020-02-29 13:14:15.1','2020-02-29 13:14:15.123','2020-02-29 13:14:15.1234','2020-02-29 13:14:15.123456','2020-02-29 13:14:15','2020-02-29 13:14:15.12','2020-02-29 13:14:15.123456',2020);
insert into k values('2020-01-01','01:02:03.5','2020-01-01 01:02:03.000004','2020-01-01 01:02:03.5',2020);
