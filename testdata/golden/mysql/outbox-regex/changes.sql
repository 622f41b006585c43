insert into outbox values('1','sales-order','o-1','C','{}'),('2','sales-order-late','o-1','C','{}'),('3','Plain','o-1','C','{}');
