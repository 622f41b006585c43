insert into p(id) values(2); insert into q(id) values(2); update r set i=6; update r set id='kk'; delete from r;
