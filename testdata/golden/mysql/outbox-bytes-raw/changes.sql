insert into outbox values('e1','gobr','o-1','Created',x'00ff');
insert into outbox values('e2','gobr','o-2','Created','{"a":1}');
insert into outbox values('e3','gobr','o-3','Created','');
insert into outbox values('e4','gobr','o-4','Created',null);
