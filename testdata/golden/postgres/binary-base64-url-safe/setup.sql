create table t(id bytea primary key, a bytea, b bytea[], c bytea not null default '\xfbfffe', d bit(9), e bytea default '\x', f bit(3) default B'101');
insert into t(id,a,b,d) values('\x01ff','\xfbfffe3f','{"\\x01","\\xfbff",NULL,"\\x"}',B'110000001');
