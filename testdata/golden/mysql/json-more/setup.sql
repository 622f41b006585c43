create table j(id int primary key, v json, g varchar(20) as (v->>'$.n') stored, d json not null default ('{"a": 1}'));
insert into j(id,v) values(1,'{"n":"x","u":18446744073709551615,"i":-9223372036854775808,"f":0.1,"e":1.5e-5,"t":true,"z":null,"s":"\\u00e9\\n\\"/"}');
