insert into td values(2,repeat('z',2500),2); update td set n=3 where id=2; update td set id=3 where id=2; delete from td where id=3; update td set n=null where id=1;
insert into tf values(2,repeat('z',2500),2); update tf set n=3 where id=2; update tf set id=3 where id=2; delete from tf where id=3; update tf set n=null where id=1;
