insert into outbox values('e1','gotb','o-1','Created','{"a":1}','2021-01-02 03:04:05.678901');
insert into outbox values('e2','gotb','o-2','Created','{}','1999-12-31 23:59:59.999499');
