insert into outbox values('e1','gosk','o-1','Created','{"a":1');
insert into outbox values('e2','gosk','o-2','Created','plain');
insert into outbox values('e3','gosk','o-3','Created','  {"b" : 2 }  ');
insert into outbox values('e4','gosk','o-4','Created','');
insert into outbox values('e5','gosk','o-5','Created','   ');
insert into outbox values('e6','gosk','o-6','Created',null);
