-- A way of learning in test has a share in what is posted, so that posts of its own choice speak for it.

-- The share of each choice's chances that the challenger has while this test lasts; 0: it only watches.
alter table challengers add column share double precision not null default 0 check (share >= 0 and share <= 0.5);

-- A test that began without a share begins anew with one, at the next decision.
delete from challengers where kind = 'bandit';

-- The version in test that had a share in the choice of the post's arm; null: the champion chose alone.
alter table posts add column tested_version_id bigint references model_versions (id);
create index posts_tested_version on posts (tested_version_id) where tested_version_id is not null;
