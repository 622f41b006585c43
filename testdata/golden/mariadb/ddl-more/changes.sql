alter table t add w int not null default 7; insert into t values(3,'c',8);
create or replace table s(a varchar(3) primary key, b int); insert into s values('x',1);
alter table t drop primary key, add primary key(w,id); insert into t values(4,'d',5); alter table t modify v text, rename column w to ww; update t set v='long' where id=4; truncate t; insert into t values(5,'e',6);
alter table s add column if not exists c int default (1+1), drop column if exists nosuch; insert into s(a) values('y'); alter table s alter b set default 9; insert into s(a) values('z');
