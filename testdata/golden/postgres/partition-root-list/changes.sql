insert into m values(3,6,'u'); update m set v='w' where id=2; update m set d=16 where id=1; delete from m where id=2;
