-- What followers and views did over a stretch of time.

-- name: follower_readings
-- Exact readings of the account's followers since a time, oldest first.
select read_at, followers from account_metrics
where handle = %(handle)s and read_at >= %(since)s and exact order by read_at, id;

-- name: views_since
-- Readings of views of the newest posts since a time, post by post, oldest first, with when each was published.
select n.post_id, n.published_at, m.read_at, m.views
from (
    select id as post_id, published_at from posts
    where status = 'published' and published_at >= %(since)s
    order by published_at desc limit %(limit)s
) n
cross join lateral ( -- in order, so that each post's readings are looked up and no month is read whole
    select read_at, views from post_metrics
    where post_id = n.post_id and read_at >= %(since)s and views is not null order by read_at
) m
order by n.post_id, m.read_at;
