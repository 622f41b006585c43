create table td(id int primary key, big text, n int, req text not null default 'r'); create table tf(like td including all); alter table tf replica identity full;
alter table td alter big set storage external; alter table tf alter big set storage external;
insert into td values(1,repeat('x',2500),1); insert into tf values(1,repeat('y',2500),1);
