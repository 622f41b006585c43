create table t(a inet, b cidr, c macaddr, d macaddr8, primary key(a,b,c,d), e inet default '::1', f cidr not null default '10.0.0.0/8', g macaddr default '08:00:2b:01:02:03', h cidr);
insert into t values('::ffff:1.2.3.4/128','2001:db8::/32','08-00-2b-01-02-03','08002b0102030405');
