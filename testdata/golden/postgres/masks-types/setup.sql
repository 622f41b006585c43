create type e as enum('abcdef','b');
create table p(id int primary key, i int, d numeric(5,2), dt timestamp, b bytea, j json, e e, a text[]);
create table q(id int primary key, n int, i int, b bytea, j jsonb, c char(10), big text, a text[]);
create table r(id varchar(9) primary key, n int, i int, b bytea, j json, c char(10) not null, big text);
alter table q alter big set storage external; alter table r alter big set storage external;
insert into p values(1,5,1.5,'2020-01-01','\x0102030405','{"a":1}','abcdef','{abcde}'); insert into q values(1,1,123456,'\x0102030405','{"a":1}','chars',repeat('q',2100),'{abcde}'); insert into r values('k',1,5,'\x01','{"a":1}','c',repeat('r',2100));
