insert into t values('1969-12-31',-1.5,null,'10:00','1969-12-31 00:00:00.5'); delete from t where id='2020-01-01';
