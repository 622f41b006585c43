insert into outbox values('1','gonk',null,'C','{"a":1}');
