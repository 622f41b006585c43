insert into outbox values(9007199254740993,'goit',1.50,'C','{"a":1}');
