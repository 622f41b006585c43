begin; insert into a values(2,2); savepoint s; insert into a values(3,3); rollback to s; insert into s1.b values(1),(2); update a set id=4 where id=2; commit;
begin; delete from a; rollback;
insert into a select g, null from generate_series(10,11) g;
begin; truncate s1.b; insert into s1.b values(7); commit;
begin; update a set v=1; delete from a where id=1; commit;
