update t set v=2; delete from t;
