-- The emergency pool, the templates used, and how much of what was planned is fallback.

-- name: add_to_pool
-- Keep approved posts for an emergency, in order; one whose text is pooled already is left out.
with pooled as (
    insert into posts (
        status, text, fingerprint, topic, format, features, source, llm_call_id, scheduled_at, planned_at
    )
    select 'emergency_pool', r.text, r.fingerprint, r.topic, r.format, r.features, 'pool', r.llm_call_id, %(now)s, %(now)s
    from jsonb_to_recordset(%(rows)s::jsonb) as r (
        position integer, text text, fingerprint text, topic text, format text, features jsonb, llm_call_id bigint
    )
    order by r.position
    on conflict (fingerprint) where status = 'emergency_pool' do nothing
    returning id, fencing_token
), noted as (
    insert into post_events (post_id, from_status, to_status, fencing_token, happened_at)
    select id, null, 'emergency_pool', fencing_token, %(now)s from pooled
)
select id from pooled order by id;

-- name: pool_posts
-- What is in the pool, oldest first.
select id, text, topic, format, features, planned_at as pooled_at, llm_call_id
from posts where status = 'emergency_pool' order by planned_at, id;

-- name: lock_pooled_post
-- Hold the oldest pooled post that nobody else holds, passing over a text that waits in the queue.
select id, text, topic, format, features, planned_at as pooled_at, llm_call_id
from posts p
where status = 'emergency_pool'
    and not exists (
        select from posts o where o.fingerprint = p.fingerprint
            and o.status in ('queued', 'held', 'claimed', 'armed', 'unconfirmed')
    )
order by planned_at, id
limit 1
for update skip locked;

-- name: queue_pooled_post
-- emergency_pool -> queued.
with moved as (
    update posts set
        status = 'queued', scheduled_at = %(scheduled_at)s, planned_at = %(now)s, features = %(features)s::jsonb
    where id = %(id)s and status = 'emergency_pool'
    returning id, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
select id, 'emergency_pool', 'queued', fencing_token, %(now)s, 'nothing could be written' from moved;

-- name: retire_pooled_post
-- emergency_pool -> retired: it no longer passes a gate.
with moved as (
    update posts set status = 'retired' where id = %(id)s and status = 'emergency_pool' returning id, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
select id, 'emergency_pool', 'retired', fencing_token, %(now)s, %(why)s from moved;

-- name: retire_pooled_before
-- emergency_pool -> retired for the oldest that were pooled before a time.
with stale as (
    select id from posts where status = 'emergency_pool' and planned_at < %(before)s
    order by planned_at, id limit %(most)s for update skip locked
), moved as (
    update posts p set status = 'retired' from stale where p.id = stale.id returning p.id, p.fencing_token
), noted as (
    insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
    select id, 'emergency_pool', 'retired', fencing_token, %(now)s, 'it was in the pool for too long' from moved
)
select id from moved order by id;

-- name: insert_template_use
-- Note which template, filled with what, became which post.
insert into template_uses (template, subject, post_id, used_at)
values (%(template)s, %(subject)s, %(post_id)s, %(now)s);

-- name: template_uses_since
-- Templates used since a time, with the text that they became.
select u.template, u.subject, u.used_at, p.text
from template_uses u join posts p on p.id = u.post_id
where u.used_at >= %(since)s order by u.id;

-- name: posts_by_source
-- How many posts planned since a time and not given up come from where.
select source, count(*) as posts from posts
where planned_at >= %(since)s and status not in ('failed', 'rejected', 'emergency_pool', 'retired')
group by source order by source;

-- name: published_totals
-- How many posts are on X and what they earned, by topic and format.
select topic, format, sum(posts)::bigint as posts, sum(likes)::bigint as likes, sum(replies)::bigint as replies,
    sum(views)::bigint as views, max(best_likes) as best_likes
from post_tallies where status = 'published'
group by topic, format having sum(posts) > 0
order by topic, format;

-- name: first_published
-- When the first post went out.
select min(published_at) as at from posts where status = 'published';

-- name: newest_published
-- When the newest posts went out.
select published_at from posts where status = 'published' order by published_at desc limit %(limit)s;
