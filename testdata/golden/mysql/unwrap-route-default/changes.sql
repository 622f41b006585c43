insert into p values(2,'gq_b',2),(3,'gq_a',3); update p set v='gq_c' where id=2; update p set id=4 where id=3; delete from p where id=2;
