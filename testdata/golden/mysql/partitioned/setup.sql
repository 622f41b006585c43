create table p(id int not null, y int not null, v varchar(5), primary key(id,y)) partition by range(y)(partition p0 values less than(10), partition p1 values less than(20), partition pm values less than maxvalue);
insert into p values(1,5,'a'),(2,15,'b');
