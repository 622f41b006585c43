insert into orders_s1 values(2,'b'); delete from orders_s1 where id=2; insert into orders_s2 values(3,'c');
