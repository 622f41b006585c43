insert into a values(3,'z'); insert into b values(2); insert into skip_me values(2); delete from a where id=1;
