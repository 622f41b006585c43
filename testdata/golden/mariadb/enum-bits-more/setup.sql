set sql_mode='';
create table t(id int primary key, a enum('x','y,z','it''s') not null, b set('m','n o') default 'm', c bit(12) default b'101', d bit, e year, f date, g datetime not null, h timestamp null, i date not null default '2000-01-01');
insert into t(id,a,d,e,f,g) values(1,'it''s',1,2155,'2020-01-01','2020-01-01');
