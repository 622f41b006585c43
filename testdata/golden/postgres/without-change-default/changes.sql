update t set b=2; update t set a='x'; update t set id=2; delete from t;
