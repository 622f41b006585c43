update a join b on b.aid=a.id set a.v=9, b.w=9 where a.id=1;
begin; insert into a values(3,3); savepoint s; insert into a values(4,4); rollback to s; insert into b select id+10,aid,w from b where id<3; commit;
create temporary table tmp(id int); insert into tmp values(1); insert into b select id+100,id,1 from tmp; drop temporary table tmp;
update vw set v=7 where id=2;
delete a,b from a join b on b.aid=a.id where a.id=1;
begin; update a set v=v where id=2; commit;
