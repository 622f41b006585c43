create table v(id int primary key, a vector(1), b vector not null, c vector(3) default null);
insert into v values(1,string_to_vector('[0]'),string_to_vector('[1e10,-1e-10,0.1]'),null);
