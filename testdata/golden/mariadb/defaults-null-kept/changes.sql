insert into d values(3,null,null,null,null,null,null,null,null);
insert into d(id) values(4);
update d set a=null, b=null where id=1;
update d set a=1 where id=2;
delete from d where id=3;
