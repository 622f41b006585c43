create table b(id bigint unsigned primary key, e bigint unsigned default 18446744073709551615, f bigint unsigned not null default 7, g bigint unsigned zerofill not null, h serial);
insert into b(id,e,g) values(18446744073709551615,0,1);
