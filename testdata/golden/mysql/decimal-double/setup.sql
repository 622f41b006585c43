create table t(id decimal(12,4) primary key, a decimal(10,2), b decimal(30,0), c decimal(65,30), d decimal(4,4) not null default 0.5, e decimal(5,1) default 12.5, f numeric(6) not null, g float, h decimal(3,2) unsigned not null default 1.10);
insert into t(id,a,b,c,f,g) values(1.5,12.30,-123456789012345678901234567890,0.000000000000000000000000000001,7,1.5);
