create table p(a int, v text); alter table p replica identity full; create table q(a int, v text); insert into p values(1,'s'); insert into q values(1,'s');
