update `Order Items` set `1st`=9; insert into `größe$` values(1); delete from `Order Items`;
