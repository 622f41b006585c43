insert into j(id,v) values(2,json_object('d',cast('2020-01-02' as date),'dt',cast('2020-01-02 03:04:05.600000' as datetime(6)),'ti',cast('10:11:12' as time),'ts',timestamp'2020-01-01 00:00:00','dec',cast(1.50 as decimal(5,2)),'y',cast(1 as year)));
insert into j(id,v) values(3,'[]'),(4,'"str"'),(5,'null'),(6,null),(7,'3.0'),(8,'[[[[[[1]]]]]]'),(9,'{"":{"":""}}');
insert into j(id,v) values(10,cast(concat('{"k":"',repeat('x',1000),'","a":[',repeat('1,',300),'2]}') as json));
update j set v=json_set(v,'$.n','y') where id=1; delete from j where id=10;
