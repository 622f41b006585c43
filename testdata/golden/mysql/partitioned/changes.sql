insert into p values(3,25,'c'); update p set y=12 where id=1;
alter table p truncate partition p0; alter table p drop partition p1;
insert into p values(4,1,'d');
alter table p reorganize partition pm into (partition p2 values less than(30), partition p3 values less than maxvalue);
insert into p values(5,29,'e'); delete from p where id=5;
