create table t(id money primary key, a money, b money not null default 1.25, c money default '-$1,000.00');
insert into t(id,a) values(1,'$92,233,720,368,547,758.07');
