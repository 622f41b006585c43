insert into t values(2,-1,'y'); update t set id=3 where id=2; delete from t where id=1; delete from nk;
