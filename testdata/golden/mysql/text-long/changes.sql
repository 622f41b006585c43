insert into t(id) values('ü'); update t set d=repeat('ж',300), k='ｱ' where id='ü'; update t set id='E' where id='é'; delete from t where id='ü';
