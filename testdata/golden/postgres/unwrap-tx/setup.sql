create table p(k int primary key, v text default 'dv', d numeric(10,2), t timestamptz, j jsonb, b bytea, n int not null);
insert into p values(1,'s',1.50,'2024-01-02 03:04:05.678901Z','{"a": 1}','\x00ff',1);
create table q(k int primary key); insert into q values(0);
