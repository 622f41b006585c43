insert into t(id) values(2);
insert into t(id,a,b) values(3,'','zz=>1, y=>2, aaa=>3, "ä"=>"😀", ""=>""');
update t set a=null where id=1;
delete from t where id=3;
