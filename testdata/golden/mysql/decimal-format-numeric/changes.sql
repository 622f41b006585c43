insert into t(id,a) values(-2,null),(100,1e7);
update t set b=12345678901234567890.5 where id=-2;
delete from t where id=1.5;
