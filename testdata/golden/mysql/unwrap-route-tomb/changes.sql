insert into p values(2,'gt_b',2),(3,'gt_a',3); update p set v='gt_c' where id=2; update p set id=4 where id=3; delete from p where id=2;
