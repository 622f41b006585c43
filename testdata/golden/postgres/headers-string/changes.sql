update t set id=2, b=3.25 where id=1; delete from t;
