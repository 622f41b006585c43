create table p(id int primary key, tenant varchar(5) not null, v int); create table q(id int primary key, tenant text, v int); create table nk(a int, b text); alter table p replica identity full; alter table q replica identity full; alter table nk replica identity full;
insert into p values(1,'t',1); insert into q values(1,null,1); insert into nk values(1,'x');
