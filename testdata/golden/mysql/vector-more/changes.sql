insert into v values(2,null,string_to_vector('[3.4028235e38]'),string_to_vector('[1,2,3]')); update v set c=string_to_vector('[-0.0,16777217,1e21]') where id=1; delete from v where id=2;
