create extension vector;
create table v(id int primary key, a vector(3), b vector not null, c halfvec(2), d sparsevec(10) );
insert into v values(1,'[1,2.5,-3]','[1e10,-1e-10,0.1]','[0.1,65504]','{1:1.5,7:-2}/10');
