insert into t(id,b,e) values('empty','[-1.50,1e3)','(-infinity,2020-01-01)'); update t set id='[5,)' where id='empty'; delete from t where id='[5,)';
