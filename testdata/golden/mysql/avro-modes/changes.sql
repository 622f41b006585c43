insert into t values(18446744073709551615,-1.5,null,'10:00','2020-01-01 00:00:00.5',x'ff',18446744073709551615); delete from t where id=1;
