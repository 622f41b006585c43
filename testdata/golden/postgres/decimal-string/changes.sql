insert into t(id,a,b,d) values(-2.25,-0.01,0.00000000000000000001,-0.01);
insert into t(id,b,i) values(3,1e30,null),(4,100,0);
update k set id=2.50 where id=1.10;
delete from t where id=4;
delete from k;
