insert into outbox values('e1','gost','o-1','Created','{"id":1,"big":9007199254740993,"neg":-1,"int":2147483647,"over":2147483648,"dbl":1.5,"whole":2.0,"exp":1e3,"yes":true,"no":false,"nil":null,"txt":"é\\""}');
insert into outbox values('e2','gost','o-2','Created','{"order":{"no":7,"lines":[{"sku":"a","qty":2},{"sku":"b","qty":3}],"addr":{"zip":"X"}},"tags":["x","y"],"nums":[1,2,3]}');
insert into outbox values('e3','gost','o-3','Created','{"empty":[],"obj":{},"s":"","nested":[[1,2],[3]]}');
insert into outbox values('e4','gost','o-4','Created',null);
