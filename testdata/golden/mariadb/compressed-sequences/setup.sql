create table t(id int primary key, a text compressed, b blob compressed, c varchar(100) compressed default 'cc', d varbinary(50) compressed not null); create sequence sq; create table inv(id int primary key, h int invisible default 5);
insert into t(id,a,b,d) values(1,repeat('a',200),repeat('b',200),''); insert into inv(id) values(1);
