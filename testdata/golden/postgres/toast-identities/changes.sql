update f set n=2 where id=1;
update f set id=2 where id=1;
update i set n=1 where id=1;
update i set n=5 where id=1;
update d set n=2;
update d set id=3, a='x';
delete from f; delete from d;
