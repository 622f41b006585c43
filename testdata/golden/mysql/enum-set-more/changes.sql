set sql_mode='';
insert into t(k,e,s,q) values('1',1,'m0,m63','it''s,b\\c'); insert into t(k,e,s,n) values('','b','',null); update t set e='' where k='1'; delete from t where k='';
