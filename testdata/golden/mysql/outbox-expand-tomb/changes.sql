insert into outbox values('e1','goxo','o-1','Created','');
insert into outbox values('e2','goxo','o-2','Created',' ');
insert into outbox values('e3','goxo','o-3','Created','{}');
insert into outbox values('e4','goxo','o-4','Created',null);
insert into outbox values('e5','goxo','o-5','Created','{"a":1}');
insert into outbox values('e6','goxo','o-6','Created','[]');
insert into outbox values('e7','goxo','o-7','Created','null');
