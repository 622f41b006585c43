insert into p(id) values(2); insert into q(id) values(2); update q set n=2 where id=1; update r set n=2; update r set id='kk'; delete from r;
