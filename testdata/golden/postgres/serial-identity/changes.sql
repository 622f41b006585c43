insert into t(a,b,c) values(5,6,7); update t set a=9 where id=1; delete from t where id=2;
