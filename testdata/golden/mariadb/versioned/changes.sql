insert into sv values(1,1); update sv set v=2; delete from sv;
