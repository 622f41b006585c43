update p set v=2; update p set tenant='u'; update p set id=2; update q set v=2; update q set tenant='z'; update nk set b='y'; update nk set a=2; delete from p; delete from q; delete from nk;
