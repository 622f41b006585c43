insert into t2 values(1); insert into s values(1); update t1 set id=2; delete from t2;
