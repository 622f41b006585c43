set time_zone='+00:00';
insert into t values(2,'é',-1.5,0,65535,18446744073709551615,0.1,1e10,-1.234,'abc','😀',x'01',x'00ff','1969-12-31','25:00:00','-00:00:00.000001','2020-01-01','2020-01-01 00:00:00.5','2020-01-01 00:00:00.000001','2020-01-01',2000,'y,z','p,q',b'1100000001',1,'{"a":1}',st_geomfromtext('POINT(3 4)'),st_geomfromtext('LINESTRING(0 0,1 1)',4326),string_to_vector('[1,2.5,-3]'),-8388608,4294967295);
update t set d=null, i=null, n=null, w=null, y=null where a=1; update t set a=3 where a=1; delete from t where a=2;
