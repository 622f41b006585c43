create table shapes(id int unsigned primary key, a varchar(5) character set latin1, g geometry, b varchar(5) character set utf8mb3, p point not null, n bigint unsigned, c text, e enum('ä') character set latin1, s set('b'), f float unsigned, y year, t text character set latin1);
-- mysql:alter table shapes add v vector(3) after a, add j json after b, add z varchar(7) character set latin1, add u int unsigned;
-- mariadb:create table compressed(id int primary key, a varchar(50) compressed, b text compressed, c varchar(5) character set latin1);
-- mariadb:create table addresses(id int primary key, a inet6, b inet4, c varchar(5) character set latin1);
create table partial(id int primary key, a varchar(5), b json, c int unsigned);
insert into partial values(1,'a','{"x":"a long enough value to be worth a partial update"}',1);
-- changes
-- mysql:insert into shapes(id,a,p,e,s) values(1,'ä',st_geomfromtext('POINT(1 2)'),'ä','b');
-- mariadb:insert into shapes(id,a,p,e,s) values(1,'ä',st_geomfromtext('POINT(1 2)'),'ä','b');
-- mariadb:insert into compressed values(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','b','c'); insert into addresses values(1,'::1','127.0.0.1','c');
-- mysql:set binlog_row_value_options=partial_json; update partial set b=json_set(b,'$.x','b'); set binlog_row_value_options='';
set binlog_row_image=minimal; update partial set c=2; set binlog_row_image=full;
