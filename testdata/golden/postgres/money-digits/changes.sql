insert into t(id,a) values(2.5,-0.01),(3,'-92233720368547758.08');
update t set a=null, c='0' where id='1';
delete from t where id='2.5';
