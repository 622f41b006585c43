insert into t(id,a,b,c,d,e,f) values(-2.25,-0.01,99999999999999999999,12345678901234567890.123456789012345678901234567890,0.9999,null,-999999);
insert into t(id,f) values(100000000-0.0001,0);
update t set a=1e8-0.01, b=1e7, c=0.001 where id=-2.25;
update t set id=3 where id=1.5;
delete from t where id=3;
