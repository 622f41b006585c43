create table t(id uuid primary key, a inet6, b inet4, c uuid default null, d inet6 not null default '::1', e inet4 default '10.0.0.1');
insert into t(id,a,b,c) values('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11','2001:db8::ff00:42:8329','192.168.1.1','00000000-0000-0000-0000-000000000000');
