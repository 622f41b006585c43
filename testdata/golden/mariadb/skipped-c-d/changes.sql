insert into t values(2,2),(3,3);
update t set v=9 where id=2;
update t set id=4 where id=3;
truncate table u;
delete from t where id=1;
insert into u values(1);
