-- Reading the profile stops when its page changes, as reading posts does; they are two pages, so neither stops the other.
insert into breakers (name) values ('profile');
