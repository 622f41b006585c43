create table t(id numeric(12,4) primary key, a numeric(10,2), b numeric, c numeric(38,20) not null default 1.5, d money, e numeric[], f numeric(5,1)[], g numeric not null default 2.50, h money not null default 3.25, i numeric(6,0) default 100);
create table k(id numeric primary key, m money);
insert into t(id,a,b,d,e,f) values(1.5,12.30,123456789012345678901234567890.500,'1234.56','{1.50,null,1e10}','{1.5,-2}');
insert into k values(1.10,'-1');
