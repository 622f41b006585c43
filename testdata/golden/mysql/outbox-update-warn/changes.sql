insert into outbox values('e1','gouw','o-1','Created','{"a":1}');
insert into outbox values('e2','gouw','o-2','Created','{"a":2}');
update outbox set type='X' where id='e1';
update outbox set id='e9' where id='e2';
delete from outbox where id='e1';
insert into outbox values('e5','gouw','o-5','Late','{}');
