create table t(id int primary key comment 'key', m varchar(9), tr text, b decimal(5,2) comment 'price'); insert into t values(1,'a','long text',1.5);
