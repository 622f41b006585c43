insert into p values(2,'gr_b',2),(3,'gr_a',3); update p set v='gr_c' where id=2; update p set id=4 where id=3; delete from p where id=2;
