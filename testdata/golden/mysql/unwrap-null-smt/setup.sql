create table p(id int primary key, v varchar(10) default 'dv', n int default 7, w int not null default 8, d decimal(5,2) default 1.25);
insert into p values(1,null,null,1,null);
