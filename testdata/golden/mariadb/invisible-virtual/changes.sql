insert into t(id,h) values(2,6); update t set h=7 where id=1; delete from t where id=2;
