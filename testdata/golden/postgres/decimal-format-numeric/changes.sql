insert into t(id,a) values(-2,null),(100,1e7);
delete from t where id=1.5;
