insert into outbox values('1','gpnk',null,'C','{"a":1}');
