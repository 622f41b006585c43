insert into t(id,v) values(x'02',x'');
update t set a=x'00000000', b='text', i=null where id=x'02';
delete from t where id=x'01ff00';
