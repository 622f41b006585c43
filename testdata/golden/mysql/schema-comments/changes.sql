insert into a values(1,1); alter table a comment='other', add w int comment 'w'; insert into a values(2,2,2);
