insert into t values(2,2,'y');
alter table t add primary key(a); insert into t values(3,3,'z');
alter table t drop primary key, add primary key(b,a); insert into t values(4,4,'p'); update t set v='q' where a=4;
alter table t rename column a to aa; update t set aa=5 where b=4;
alter table t drop primary key, add unique key u(b); update t set v='r' where b=4; delete from t where b=4;
alter table t drop key u; delete from t where b=3;
