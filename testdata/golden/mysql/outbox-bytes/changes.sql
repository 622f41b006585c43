insert into outbox values('e1','goby','o-1','Created',x'00ff');
insert into outbox values('e2','goby','o-2','Created','{"a":1}');
insert into outbox values('e3','goby','o-3','Created','');
insert into outbox values('e4','goby','o-4','Created',null);
