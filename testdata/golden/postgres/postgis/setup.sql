create extension postgis;
create table g(id int primary key, a geometry, b geometry(point,4326), c geography, d geometry not null, e geometry[], f geography(point) not null);
insert into g values(1,'POINT(1 2)','SRID=4326;POINT(10 20)','LINESTRING(0 0,1 1)','SRID=3857;POLYGON((0 0,0 1,1 1,0 0))',array['POINT(1 2)'::geometry,null],'POINT(5 6)');
