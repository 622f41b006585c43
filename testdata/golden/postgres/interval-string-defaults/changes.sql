insert into t(id,a) values('00:00:00','178000000 years'),('-00:00:00.000001','1000000 hours'),('1 mon','00:00:60');
update t set c=null where id='1 mon';
delete from t where id='1 day';
