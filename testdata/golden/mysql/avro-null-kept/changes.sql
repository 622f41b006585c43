insert into t(id) values(2); update t set n=null where id=2; delete from t where id=1;
