set time_zone='+00:00';
insert into t(id) values(2);
insert into t(id,a,b,c,d,f,g,h,m) values(3,'1969-12-31','00:00:01','23:59:59.999999','1969-12-31 23:59:59','1969-12-31 23:59:59.999999','1970-01-01 00:00:01','2038-01-19 03:14:07.999999',null);
update t set b='05:00', e='2021-01-01' where id=2;
delete from t where id=1;
