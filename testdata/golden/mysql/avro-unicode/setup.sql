create table `Order-Items`(`Id` int primary key, `unit price` decimal(5,2), `naïve` int, `1st` int, `a.b` int, `a_b` int); insert into `Order-Items` values(1,1.5,2,3,4,6);
