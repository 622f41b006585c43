update t set n=2 where id=1;
update t set id=2 where id=1;
delete from t where id=2;
