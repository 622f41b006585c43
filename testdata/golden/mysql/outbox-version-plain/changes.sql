insert into outbox values(1,'govp','o','C','{"a":1}',1),(2,'govp','o','C','{"a":1}',2);
