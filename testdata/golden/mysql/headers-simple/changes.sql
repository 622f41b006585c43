update t set c='a,b:c' where id=1; update t set c='{x}', d=null, f=null, h=0.1 where id=1; update t set c='', k='[1,"x"]' where id=1; delete from t;
