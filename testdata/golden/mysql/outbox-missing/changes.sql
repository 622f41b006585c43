insert into outbox values('e1','gomi','o-1','Created','{"a":1}');
