create table "Order-Items"("Id" int primary key, "unit price" decimal(5,2), "naïve-col" int, "1st" int, "a.b" int, "_ok" int, "a_u0020b" int);
create table "9größe$"("ключ" int primary key, "v-w" int);
insert into "Order-Items" values(1,1.5,2,3,4,5,6); insert into "9größe$" values(1,2);
