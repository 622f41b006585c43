insert into t(id,g) values(0,0);
insert into t(id,a,b,c,d,e,g) values(1,0,0,0,0,0,4294967295),(2,128,32768,8388608,2147483648,9223372036854775808,1);
update t set e=9223372036854775807, k=2, m=null where id=1;
delete from t where id=4294967295;
