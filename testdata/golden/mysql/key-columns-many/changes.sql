update a_s set id=2; update a_s set tenant='u'; update b_s set tenant=1.5; update nk set a=2; delete from a_s; delete from b_s; delete from nk;
