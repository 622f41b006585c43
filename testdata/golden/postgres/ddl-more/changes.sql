insert into t values(2,2,'y');
-- @wait 0.7
alter table t add c numeric(5,2) not null default 1.25, add d text default 'dd'; insert into t(id,a) values(3,3);
-- @wait 0.7
alter table t drop column a; update t set b='bb' where id=1;
-- @wait 0.7
alter table t rename column b to bb; alter table t alter bb type text; insert into t(id,bb) values(4,'w');
-- @wait 0.7
alter table t alter id type bigint; update t set d=null where id=4;
-- @wait 0.7
update t set bb='' where bb is null; alter table t drop constraint t_pkey; alter table t add primary key(id,bb); alter table t alter c drop not null; delete from t where id=4;
-- @wait 0.7
alter table t rename to t2; insert into t2(id,bb) values(5,'v');
-- @wait 0.7
create table t(id text primary key); insert into t values('new');
-- @wait 0.7
drop table t2; drop table t; create table t(z int primary key, y int); insert into t values(1,2);
