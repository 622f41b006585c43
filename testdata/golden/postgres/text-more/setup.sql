create domain code as char(4); create domain word as text default 'w' check(value<>'');
create table t(id text primary key, a char, b char(10), c varchar, d "char", e code, f word, g text collate "C", h bpchar(3) not null default 'x', i varchar(3) default 'é', j code[]);
insert into t(id,a,b,c,d,e,f,g) values('k','a','😀','','y','ab','w','tab	here'||chr(1)||chr(127));
