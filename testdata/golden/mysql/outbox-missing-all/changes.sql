insert into outbox values('e1','gomb','o-1','Created','{"a":1}');
