insert into outbox values('e1','goue','o-1','Created','{"a":1}');
insert into outbox values('e2','goue','o-2','Created','{"a":2}');
update outbox set type='X' where id='e1';
update outbox set id='e9' where id='e2';
delete from outbox where id='e1';
insert into outbox values('e5','goue','o-5','Late','{}');
