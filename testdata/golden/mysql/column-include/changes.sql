update a set x='y'; update a set v=2; update b set id=2; insert into c values(2); delete from b; delete from a;
