set session binlog_row_image=minimal;
update t set a=2 where id=1; insert into t(id,c) values(2,'z'); delete from t where id=2;
set session binlog_row_image=noblob;
update t set a=4 where id=1; update t set b='n' where id=1;
set session binlog_row_image=full; update t set a=5;
