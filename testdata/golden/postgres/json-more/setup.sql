create table t(id jsonb primary key, a json, b jsonb default '[1, 2]', c json not null default '{"a":  1}', d jsonb[]);
insert into t(id,a,b,d) values('{"k":1}','{"b" :1, "b":2,  "u":"\u00e9"}','{"bb":1.50,"a":1e3,"n":-0.0}','{"{\"x\": 1}",NULL,null}');
