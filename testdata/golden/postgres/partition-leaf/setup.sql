create table m(id int not null, d int not null, v text, primary key(id,d)) partition by range(d);
create table m_1 partition of m for values from (0) to (10); create table m_2 partition of m for values from (10) to (20);
insert into m values(1,5,'s'),(2,15,'t');
