insert into orders_s1 values(2,'b');
insert into orders_s2 values(2,'c');
insert into other values(1);
update orders_s2 set v='d' where id=2;
update orders_s2 set id=3 where id=2;
delete from orders_s1 where id=1;
