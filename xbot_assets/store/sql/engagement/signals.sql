-- What others talk about, and what works for them.

-- name: store_signals
-- Keep what was seen, and each sighting of it; what is known already is seen once more, and keeps what it said first.
with given as (
    select distinct on (kind, name) * from jsonb_to_recordset(%(rows)s::jsonb) as r (
        position integer, kind text, name text, x_post_id text, handle text, about text, format text, text text,
        created_at timestamptz, rank integer, posts bigint, likes integer, reposts integer, replies integer, views bigint
    )
    order by kind, name, position
), kept as (
    insert into signals as s (
        kind, name, x_post_id, handle, about, format, text, created_at, first_seen_at, last_seen_at
    )
    select kind, name, x_post_id, handle, about, format, text, created_at, %(now)s, %(now)s from given order by kind, name
    on conflict (kind, name) do update set last_seen_at = greatest(s.last_seen_at, excluded.last_seen_at)
    returning id, kind, name, first_seen_at = %(now)s as is_new
), seen as (
    insert into signal_sightings (signal_id, seen_at, rank, posts, likes, reposts, replies, views)
    select k.id, %(now)s, g.rank, g.posts, g.likes, g.reposts, g.replies, g.views from kept k join given g using (kind, name)
    on conflict do nothing
)
select count(*) as stored, count(*) filter (where is_new) as new from kept;

-- name: newest_signals
-- What was seen last of one kind since a time, newest first, with the numbers of the last sighting.
select s.id, s.kind, s.name, s.x_post_id, s.handle, s.about, s.format, s.text, s.created_at, s.first_seen_at, s.last_seen_at,
    m.rank, m.posts, m.likes, m.reposts, m.replies, m.views
from (
    select * from signals where kind = %(kind)s and last_seen_at > %(since)s order by last_seen_at desc, id limit %(limit)s
) s
join lateral (
    select * from signal_sightings g where g.signal_id = s.id order by g.seen_at desc limit 1
) m on true
order by s.last_seen_at desc, m.rank nulls last, m.likes desc nulls last, s.id;

-- name: signal_posts_stored
-- Which of these posts are stored.
select distinct x_post_id from signals where x_post_id = any (%(ids)s::text[]);

-- name: signal_counts
-- How much was seen of each kind since a time, and how much of that for the first time.
select kind, count(*) as seen, count(*) filter (where first_seen_at > %(since)s) as new, max(last_seen_at) as last_at
from signals where last_seen_at > %(since)s group by kind order by kind;

-- name: signal_problems
-- What cannot be among the signals of a time: likes beyond views, posts of the future, numbers that nobody told of a post,
-- the account's own posts.
select count(*) as signals,
    count(*) filter (where m.likes > m.views) as impossible,
    count(*) filter (where s.created_at > s.last_seen_at + interval '1 hour') as of_the_future,
    count(*) filter (where s.x_post_id is not null and m.likes is null and m.views is null) as without_numbers,
    count(*) filter (where lower(s.handle) = lower(%(own)s)) as own
from (
    select * from signals
    where kind = any (%(kinds)s::text[]) and last_seen_at > %(since)s order by last_seen_at desc limit %(limit)s
) s
join lateral (
    select * from signal_sightings g where g.signal_id = s.id order by g.seen_at desc limit 1
) m on true;

-- name: signal_duplicates
-- Words that stand in more than one post of one author among the newest signals: the same thing under two names.
select count(*) as duplicates from (
    select from (
        select handle, text from signals
        where kind = any (%(kinds)s::text[]) and x_post_id is not null and last_seen_at > %(since)s
        order by last_seen_at desc limit %(limit)s
    ) newest
    group by handle, text having count(*) > 1
) twice;

-- name: note_signal_reading
-- Keep what a reading brought.
insert into signal_readings (reading, read_at, seen, new, unread)
values (%(reading)s, %(now)s, %(seen)s, %(new)s, %(unread)s)
on conflict do nothing;

-- name: last_signal_readings
-- What the last readings of one kind brought, newest first.
select read_at, seen, new, unread from signal_readings where reading = %(reading)s order by read_at desc limit %(limit)s;
