-- The pace: limits and rates. Rows of posts that are armed, unconfirmed, published or shadowed count by themselves, so
-- that a lost worker or a lost id never makes room; pace_admissions holds what is not a row of posts, such as posts that
-- a restored database does not know.

-- name: lock_pace
-- One decision at a time. Its own statement: the next one's snapshot must be newer than the lock.
select kind from pace_rates order by kind for update;

-- name: pace_seen
-- The state of one kind, and when something of it was or may have been published since a time. A thread counts once, by
-- its first segment; the others count towards the limit of the day alone, those that wait since the thread was begun.
select r.kind, r.rate, r.successes, r.failures, r.paused_until, r.pause_reason, r.hour_weights,
    array (
        select admitted_at from pace_admissions
        where kind = r.kind and released_at is null and admitted_at >= %(since)s
        union all
        select greatest(armed_at, published_at) from posts
        where (r.kind = 'post') = (reply_to_x_id is null) and coalesce(segment, 0) = 0
            and status in ('armed', 'unconfirmed', 'published', 'shadowed')
            and greatest(armed_at, published_at) >= %(since)s
        union all
        select claimed_at from posts
        where (r.kind = 'post') = (reply_to_x_id is null) and coalesce(segment, 0) = 0 and status = 'claimed'
    ) as recent,
    array (
        select greatest(armed_at, published_at) from posts
        where r.kind = 'post' and segment > 0
            and status in ('armed', 'unconfirmed', 'published', 'shadowed')
            and greatest(armed_at, published_at) >= %(since)s
        union all
        select claimed_at from posts where r.kind = 'post' and segment > 0 and status = 'claimed'
    ) as continued,
    (
        select count(*) from posts w join posts h on h.id = w.thread_id
        where r.kind = 'post' and w.segment > 0 and w.status = 'queued'
            and h.status in ('claimed', 'armed', 'unconfirmed', 'published', 'shadowed')
    ) as promised
from pace_rates r where r.kind = %(kind)s;

-- name: store_rate
-- Store the state of one kind.
update pace_rates set
    rate = %(rate)s, successes = %(successes)s, failures = %(failures)s,
    paused_until = %(paused_until)s, pause_reason = %(pause_reason)s
where kind = %(kind)s;

-- name: note_pace_change
-- Keep why a rate or a pause changed.
insert into pace_changes (kind, changed_at, outcome, rate_before, rate_after, paused_until)
values (%(kind)s, %(now)s, %(outcome)s, %(rate_before)s, %(rate_after)s, %(paused_until)s);

-- name: earned_rewards
-- What the newest posts earned and when they were published.
select p.published_at, o.reward
from engagement_outcomes o join posts p on p.id = o.post_id
where p.status = 'published' and p.removed_at is null and p.published_at >= %(since)s
order by p.published_at desc limit %(limit)s;

-- name: store_hour_weights
-- Replace the weights of the hours.
update pace_rates set hour_weights = %(weights)s where kind = %(kind)s;
