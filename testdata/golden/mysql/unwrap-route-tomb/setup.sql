create table p(id int primary key, v varchar(10), n int); insert into p values(1,'gt_a',1);
