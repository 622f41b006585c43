insert into orders_s2 values(1,'x',1.5); update orders_s2 set d=null where a=1; alter table orders_s1 add w int default 5; insert into orders_s1(id) values(2);
