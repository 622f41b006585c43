create table sv(id int primary key, v int) with system versioning;
