create table p(id int primary key, email varchar(30) not null, notes text, secret varchar(9)); insert into p values(1,'a@b','long note','s');
