update `Select` set `Order`=3; insert into `ümlaut` values(1); delete from `Select`;
