insert into t values(2,-1.5,null,'10:00','2020-01-01 00:00:00.5','\xff','-1 mon','{1.50,NULL}','{2020-01-01}'); delete from t where id=1.5;
