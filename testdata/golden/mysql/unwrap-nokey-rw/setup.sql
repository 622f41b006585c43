create table p(a int, v varchar(5)); insert into p values(1,'s');
