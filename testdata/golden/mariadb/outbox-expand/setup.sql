create table outbox(id varchar(36) primary key, aggregatetype varchar(50) not null, aggregateid varchar(50) not null, type varchar(50) not null, payload json);
insert into outbox values('e0','gaxa','o-0','Created','{"id":1,"big":9007199254740993,"neg":-1,"int":2147483647,"over":2147483648,"dbl":1.5,"whole":2.0,"exp":1e3,"yes":true,"no":false,"nil":null,"txt":"é\\""}');
