create table a(id int primary key comment 'the key', v int comment 'it''s') comment='of a';
