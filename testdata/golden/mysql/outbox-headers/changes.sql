insert into outbox values('e1','goha','o-1','Created','{"n": 1}',0,7,b'1',true,'2024-01-02 03:04:05.678','2024-01-02 03:04:05.678901','2024-01-02 03:04:05.678901',12.50,1.5,'2024-01-02',x'00ff',9007199254740993);
insert into outbox(id,aggregatetype,aggregateid,type,payload,part) values('n1','goha','o-2','Created','{"n": 2}',0);
