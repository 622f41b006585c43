insert into t(id,a,b) values('"s"','null','null'),('1',' [1 , 2] ','12345678901234567890.123456789'); update t set b=null where id='1'; delete from t where id='1';
