insert into t values(2); insert into s1.t values(2); insert into s1.nope values(2); insert into s2.t values(2); update s1.t set id=3 where id=1;
