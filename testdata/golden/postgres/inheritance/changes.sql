insert into c values(3,'d',3); update p set v='all'; insert into ul values(1); insert into "S"."T" values(1); create temp table tt(id int); insert into tt values(1); delete from p;
