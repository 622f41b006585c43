insert into t(id,a,e) values(-2,-0.5,null);
update t set a=0, b=0 where id=-2;
delete from t where id=1.5;
