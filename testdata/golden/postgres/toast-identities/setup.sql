create table f(id int primary key, n int, a text); alter table f replica identity full; alter table f alter a set storage external;
create table i(id int primary key, n int not null, a text); create unique index i_n on i(n); alter table i replica identity using index i_n; alter table i alter a set storage external;
create table d(id int primary key, n int, a text, b text not null); alter table d alter a set storage external, alter b set storage external;
insert into f select 1,1,repeat('f',2100); insert into i select 1,1,repeat('i',2100); insert into d select 1,1,repeat('d',2100),repeat('e',2100);
