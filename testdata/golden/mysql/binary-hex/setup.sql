create table t(id binary(3) primary key, a binary(4), b varbinary(10), c tinyblob, d blob, e longblob, h binary(3) not null default 'ab', i varbinary(5) default x'00ff', j bit(5), k char(3) character set binary, p point, v varbinary(6) not null);
insert into t(id,a,b,c,d,e,j,k,p,v) values(x'01ff',x'fbfffe',x'fbfffe3f',x'ff',x'deadbeef00',x'',b'101','ab',st_geomfromtext('POINT(1 2)'),x'00');
