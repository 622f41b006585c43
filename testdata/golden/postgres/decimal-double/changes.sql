insert into t(id,a,b,d) values(-2.25,'NaN','NaN',-0.01);
insert into t(id,b) values(3,'Infinity'),(4,'-Infinity');
update t set a=1e7, b=0.0001 where id=3;
update k set id=2.50 where id=1.10;
delete from t where id=4;
delete from k;
