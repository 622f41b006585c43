insert into outbox(id,aggregatetype,aggregateid,payload) values('1','gopn','o-1','{}');
