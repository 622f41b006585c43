update "My Schema"."Order.Items" set "Id"=2; insert into t values(1);
