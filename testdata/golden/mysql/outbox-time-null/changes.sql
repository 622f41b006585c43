insert into outbox values('e1','gotn','o-1','Created','{"a":1}',null);
