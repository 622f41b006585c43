create table t(id decimal(12,4) primary key, a decimal(10,2), b decimal(30,0), c decimal(38,30), d decimal(4,4) not null default 0.5, e decimal(5,1) default 12.5, f double default 1.5);
insert into t(id,a,b,c) values(1.5,12.30,-123456789012345678901234567890,0.000000000000000000000000000001);
