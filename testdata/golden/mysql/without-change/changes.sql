update t set b=2; update t set a='y'; update t set a='y', b=3; update t set a=null; update t set id=2, b=4; delete from t;
