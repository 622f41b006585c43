create type fr as range(subtype=float8);
create table t(id int4range primary key, a int8range default '[1,5)', b numrange, c tsrange, d tstzrange not null default 'empty', e daterange, f fr);
insert into t(id,b,c,d,e,f) values('[1,2)','(,)','[2020-01-01 10:00:00.5,infinity)','[2020-01-01 10:00+02,2020-01-02 10:00+02]','[2020-01-01,]','[1.5,2.5]');
