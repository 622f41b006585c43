insert into b(id,g) values(0,127),(128,255),(9223372036854775808,9223372036854775807);
update b set id=65536 where id=0;
delete from b where id=18446744073709551615;
