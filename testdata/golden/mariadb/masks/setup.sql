create table p(id int primary key, m1 varchar(100), m2 varchar(200) not null, m3 varchar(300), m4 varchar(10), m5 text, z0 varchar(10), z3 varchar(10) default 'dflt', t0 text, t4 varchar(20) not null default 'default');
insert into p values(1,'a','b','c','d','e','f','g','h','ijklmnop');
