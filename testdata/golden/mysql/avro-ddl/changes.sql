insert into t values(2,'b',null,null); alter table t add c int not null default 5, drop column b; insert into t values(3,'c','x',6); update t set id=4 where id=3; delete from t where id=1;
