insert into t(id,a,e) values(-2,-0.5,null);
update t set b=1e10, e=18446744073709551615 where id=-2;
delete from t where id=1.5;
