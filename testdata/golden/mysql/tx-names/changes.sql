begin; insert into a values(1,1),(2,2); insert into b values(1); update a set id=3 where id=1; commit;
begin; delete from a; insert into b values(2); rollback;
alter table a add w int;
insert into a values(9,9,9);
