insert into t(id) values(2);
update t set c='(2,)', i='[(0,0),(2,2)]' where id=1;
delete from t where id=1;
