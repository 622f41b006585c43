update t set c='a,b:c', h='NaN' where id=1; update t set c='{x}', d=null, f=null where id=1; delete from t;
