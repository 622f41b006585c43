update `Order-Items` set `Id`=2;
update `9größe$` set `ключ`=2;
delete from `Order-Items`;
