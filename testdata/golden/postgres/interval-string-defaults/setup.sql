create table t(id interval primary key, a interval, b interval(3) not null default '1 day 02:03:04.5', c interval default '-1 year', d interval day to second);
insert into t(id,a,d) values('1 day','-1 years -2 mons +3 days -04:05:06.789','1 02:03:04');
