create table t(id decimal(6,2) primary key, a decimal(10,2) default 1.25, b decimal(30,10) not null default 0, c bigint unsigned);
insert into t(id,a,b,c) values(1.50,12.30,1e-10,18446744073709551615);
