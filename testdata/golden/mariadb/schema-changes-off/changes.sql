insert into a values(1,1); alter table a add w int first; insert into a values(5,2,2);
