insert into p values(2,null,2); insert into p values(3,'gn_a',3);
