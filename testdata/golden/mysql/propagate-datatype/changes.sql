insert into p(id) values(2); alter table p add z varchar(30); insert into p(id,z) values(3,'z');
