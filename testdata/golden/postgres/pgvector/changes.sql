insert into v(id,b) values(2,'[0]'); update v set a=null, d='{}/10' where id=1; update v set c='[1,2]' where id=2; delete from v where id=2;
