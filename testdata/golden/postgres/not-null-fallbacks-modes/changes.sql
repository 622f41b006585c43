delete from n where id=1;
