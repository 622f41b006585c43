insert into outbox values(1,'gove','o','C','{"a":1}',1),(2,'gove','o','C','{"a":1}',2),(3,'gove','o','C','{"a":1}',null),(4,'gove','o','C','{"a":1}',2);
