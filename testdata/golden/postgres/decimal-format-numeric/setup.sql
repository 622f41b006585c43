create table t(id numeric(6,2) primary key, a numeric(10,2) default 1.25, b numeric, c money, d numeric(3,1)[], e numeric(40,20));
insert into t(id,a,b,c,d,e) values(1.50,12.30,1e-10,3.5,'{1.5,null}',1e-20);
