insert into outbox values('00000000-0000-0000-0000-000000000001','gpxj','o-1','Created','{"b": 1,  "a":2}');
insert into outbox values('00000000-0000-0000-0000-000000000002','gpxj','o-2','Created',' [1 , 2]');
insert into outbox values('00000000-0000-0000-0000-000000000003','gpxj','o-3','Created','{"dup":1,"dup":2}');
