insert into t(id) values(2);
insert into t(id,c,d,l,v,w) values(3,'{}','{}','{}','{}','{}');
update t set l='{NULL}', d='{a}' where id=3; delete from t where id=1;
