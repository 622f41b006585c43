create table a(id int primary key, v int); create table b(id int primary key, aid int, w int); create table log(n int auto_increment primary key, t varchar(20));
create trigger tr after update on a for each row insert into log(t) values(concat('u',new.id));
create view vw as select * from a; insert into a values(1,1),(2,2); insert into b values(1,1,1),(2,1,2),(3,2,3);
