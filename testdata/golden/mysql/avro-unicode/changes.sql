update `Order-Items` set `Id`=2;
