insert into t(id,e) values('',''); insert into t(id,c) values('ключ',repeat('long ',300)); update t set id='K', f=default where id='k'; delete from t where id='';
