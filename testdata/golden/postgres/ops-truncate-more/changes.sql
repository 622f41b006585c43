begin; insert into b values(2,1); truncate a restart identity cascade; insert into a default values; commit; truncate c; insert into c values(2);
