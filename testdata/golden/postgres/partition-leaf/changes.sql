insert into m values(3,6,'u'); update m set v='w' where id=2; update m set d=16 where id=1; delete from m where id=2;
create table m_3 partition of m for values from (20) to (30); insert into m values(4,25,'x');
alter table m detach partition m_1; insert into m_1 values(9,9,'y');
