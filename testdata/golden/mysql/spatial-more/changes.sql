insert into g values(2,null,null,st_geomfromtext('GEOMETRYCOLLECTION EMPTY'),st_geomfromtext('LINESTRING(0 0,-1 -1)'),st_geomfromtext('POINT(-1e10 1e-10)'),null,st_geomfromtext('POLYGON((0 0,0 1,1 1,0 0),(0.1 0.1,0.1 0.2,0.2 0.2,0.1 0.1))',3857));
update g set e=null, d=st_geomfromtext('POINT(3 4)',4326) where id=1; delete from g where id=2;
