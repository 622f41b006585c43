insert into t(id) values('00000000-0000-0000-0000-000000000002'); update t set a='::ffff:1.2.3.4'; delete from t where id='00000000-0000-0000-0000-000000000002';
