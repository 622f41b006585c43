create table t(id int primary key, v varchar(9)); create table c(a int, b varchar(5), n decimal(5,1), primary key(a,b)); create table u(a varchar(5) not null, b varchar(5), unique key(a));
