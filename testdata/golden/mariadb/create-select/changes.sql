create table s as select id, v from t; insert into s values(9,'q'); insert into t values(2,'b');
