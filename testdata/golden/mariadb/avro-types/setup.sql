create table t(id uuid primary key, d tinyint(1) default 1, f bigint unsigned, g float default 1.5, i decimal(10,3) default 1.25, j char(3) not null default 'a', l binary(3) not null default 'ab', n date default '2020-01-01', o time default '-01:00:00', s datetime(6), u timestamp null default '2020-01-01 00:00:00', v year, w enum('x','y,z') default 'x', x set('p','q') not null default 'p', y bit(10) default b'101', aa json, ab point);
set time_zone='+00:00';
insert into t(id) values('00000000-0000-0000-0000-000000000001');
