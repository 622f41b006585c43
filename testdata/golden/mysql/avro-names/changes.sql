update `Order-Items` set `Id`=2; delete from `t1`;
