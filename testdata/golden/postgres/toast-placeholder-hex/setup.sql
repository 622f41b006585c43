create table t(id int primary key, n int, a text, c bytea, d text[]);
alter table t alter a set storage external, alter c set storage external, alter d set storage external;
