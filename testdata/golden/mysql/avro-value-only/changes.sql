insert into t values(2,'y'); update nk set a=2; delete from t where id=1; delete from nk;
