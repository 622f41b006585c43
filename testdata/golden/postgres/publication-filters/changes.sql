insert into t values(2,2,'z'),(30,3,'q'); update t set id=11 where id=2; insert into u values(2,2,'b','c'); update u set b='bb' where id=2; delete from u where id=1;
