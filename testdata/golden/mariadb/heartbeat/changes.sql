insert into a values(1);
-- @wait 1
