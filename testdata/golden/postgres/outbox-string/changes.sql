insert into outbox values('00000000-0000-0000-0000-000000000001','gpst','o-1','Created','{"id":1,"big":9007199254740993,"neg":-1,"int":2147483647,"over":2147483648,"dbl":1.5,"whole":2.0,"exp":1e3,"yes":true,"no":false,"nil":null,"txt":"é\""}');
insert into outbox values('00000000-0000-0000-0000-000000000002','gpst','o-2','Created','{"order":{"no":7,"lines":[{"sku":"a","qty":2},{"sku":"b","qty":3}],"addr":{"zip":"X"}},"tags":["x","y"],"nums":[1,2,3]}');
insert into outbox values('00000000-0000-0000-0000-000000000003','gpst','o-3','Created','{"empty":[],"obj":{},"s":"","nested":[[1,2],[3]]}');
insert into outbox values('00000000-0000-0000-0000-000000000004','gpst','o-4','Created',null);
