begin; insert into orders values(2,'b'); insert into outbox values('e1','gpre','o-1','C','{"a":1}'); commit; update orders set v='c' where id=2; delete from outbox; delete from orders where id=1;
