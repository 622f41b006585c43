create table p(id int primary key, i int, d decimal(5,2), dt datetime, b varbinary(20), j json, e enum('abcdef','b'));
create table q(id int primary key, i int, b varbinary(20), j json, e enum('abcdef','b'), c char(10));
create table r(id varchar(9) primary key, i int, b varbinary(20), j json, c char(10) not null);
insert into p values(1,5,1.5,'2020-01-01',x'0102030405','{"a":1}','abcdef'); insert into q values(1,123456,x'0102030405','{"a":1}','abcdef','chars'); insert into r values('k',5,x'01','{"a":1}','c');
