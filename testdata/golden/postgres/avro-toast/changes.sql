insert into t select 1,1,repeat('a',2100),decode(repeat('ab',2100),'hex'),array[repeat('d',2100)]; update t set n=2; update t set id=2; delete from nk; truncate nk; delete from t;
