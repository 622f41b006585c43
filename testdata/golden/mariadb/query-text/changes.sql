set session binlog_annotate_row_events=1; insert into a values(1,1); /* note */ update a set v=2 /* in */ where id=1; begin; insert into a values(2,2),(3,3); delete from a where id=1; commit;
