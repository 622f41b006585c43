create table t(k bit(4), a bit, b bit(1) not null default B'1', c bit(8), d bit(9), e bit(64), f bit(65), g varbit(12) default B'1010', h varbit, i bit(3)[], primary key(k));
insert into t(k,a,c,d,e,f,h,i) values(B'1001',B'0',B'10100101',B'110000001',repeat('1',64)::bit(64),repeat('10',33)::bit(65),B'1','{101,NULL}');
