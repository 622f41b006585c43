create table t(id decimal(12,4) primary key, a decimal(10,2), b decimal(30,0), d decimal(4,4) not null default 0.5, e bigint unsigned default 18446744073709551615);
insert into t(id,a,b) values(1.5,12.30,-123456789012345678901234567890);
