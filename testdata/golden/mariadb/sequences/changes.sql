insert into t(v) values(2); select nextval(sq), setval(sq,100); insert into t(v) values(3);
