create table t(id int primary key, a int, b varchar(10) character set latin1, c enum('x','y'), d decimal(5,2), e datetime); insert into t values(1,1,'é','x',1.5,'2020-01-01');
