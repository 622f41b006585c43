update t set id=2; update t set v=3; delete from t;
