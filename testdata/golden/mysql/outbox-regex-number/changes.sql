insert into outbox values('1','ab_cd','o-1','C','{}');
