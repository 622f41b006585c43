create table d(id int primary key, a int default 5, b varchar(10) default 'x', c decimal(4,1) default 2.5, d date default '2020-01-01', e enum('p','q') default 'q', f bit(3) default b'101', g tinyint(1) default 1, h datetime(3) default '2020-01-01');
insert into d(id) values(1); insert into d values(2,null,null,null,null,null,null,null,null);
