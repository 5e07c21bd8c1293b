-- Data of an account that has posted 200 times a day for years, in the schema of migration 0021. %(posts)s posts with
-- %(readings)s readings each. Every state, some threads, some removed posts; the newest post is a few minutes old.

-- name: posts
-- Nine of ten were published; of forty one block of four is a thread, and one post in a hundred is taken back.
insert into posts (
    status, text, fingerprint, topic, format, features, source, propensity, predicted_reward, scheduled_at, planned_at,
    fencing_token, armed_at, x_post_id, permalink, published_at, visibility_checked_at, metrics_looked_at,
    metrics_read_at, missing_since, removed_at, failure_kind, failure_code, failure_reason
)
select
    s.status, 'Post number ' || n || ' about ' || repeat('something worth knowing ', 6), md5(n::text),
    'topic ' || n %% 10, 'format ' || n %% 5,
    jsonb_build_object('length', 1.6, 'length_squared', 2.56, 'lines', 0, 'question', n %% 2, 'number', 1,
        'hashtags', 0, 'links', 0, 'tone=dry', 1),
    case when n %% 50 = 0 then 'template' else 'llm' end, 0.1, 0.4, s.at, s.at - interval '4 hours', 1,
    case when s.status in ('published', 'failed', 'shadowed') then s.at end,
    case when s.status = 'published' then (1900000000000000000 + n)::text end,
    case when s.status = 'published' then '/me/status/' || (1900000000000000000 + n) end,
    case when s.status = 'published' then s.at end,
    case when s.status = 'published' then s.at + interval '1 day' end,
    case when s.status = 'published' and n < %(posts)s then s.at + s.age * 0.99 end,
    case when s.status = 'published' and n < %(posts)s then s.at + s.age * 0.99 end,
    case when s.status = 'published' and n %% 100 = 37 then s.at + interval '1 day' end,
    case when s.status = 'published' and n %% 100 = 37 then s.at + interval '1 day 10 minutes' end,
    case when s.status in ('failed', 'rejected') then 'permanent' end,
    case when s.status in ('failed', 'rejected') then 'rejected' end,
    case when s.status in ('failed', 'rejected') then 'X refused it.' end
from (
    select n, %(now)s - (%(posts)s - n + 1) * interval '7.2 minutes' as at,
        (%(posts)s - n + 1) * interval '7.2 minutes' as age,
        case
            when n %% 40 in (0, 1, 2, 3) then 'published'
            when n %% 100 in (11, 12, 13) then 'rejected'
            when n %% 100 in (14, 15) then 'failed'
            when n %% 100 = 16 then 'shadowed'
            when n %% 100 in (17, 18, 19, 21) then 'retired'
            else 'published'
        end as status
    from generate_series(1, %(posts)s::bigint) n
) s;

-- name: threads
-- Blocks of four are threads; their first segment bears their number.
update posts set thread_id = id - id %% 40, segment = id %% 40 where id %% 40 in (0, 1, 2, 3) and id >= 40;

-- name: waiting
-- A queue: twenty posts, five for a person, two unconfirmed, a pool, and three threads that wait behind a refused segment.
with waiting as (
    insert into posts (status, text, fingerprint, topic, format, scheduled_at, planned_at, armed_at)
    select s.status, s.status || ' ' || n, s.status || n, 'topic 1', 'format 1', %(now)s + n * interval '1 hour', %(now)s,
        case when s.status = 'unconfirmed' then %(now)s - interval '1 hour' end
    from (values ('queued', 20), ('held', 5), ('unconfirmed', 2), ('emergency_pool', 60)) as s (status, many),
        generate_series(1, s.many) n
), given as (
    select nextval(pg_get_serial_sequence('posts', 'id')) as head, n from generate_series(1, 3) n
)
insert into posts (
    id, status, text, fingerprint, topic, format, scheduled_at, planned_at, thread_id, segment, x_post_id, published_at
)
overriding system value
select case g.segment when 0 then head else nextval(pg_get_serial_sequence('posts', 'id')) end, g.status,
    'segment ' || n || g.segment, 'segment ' || n || g.segment, 'topic 1', 'format 1', %(now)s, %(now)s, head, g.segment,
    case g.segment when 0 then (1800000000000000000 + n)::text end,
    case g.segment when 0 then %(now)s - interval '1 hour' end
from given, (values (0, 'published'), (1, 'rejected'), (2, 'queued'), (3, 'queued')) as g (segment, status);

-- name: events
-- What happened to each post; a person knows of every removed one but the newest.
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note, actor, decision)
select p.id, e.was, e.became, 1, p.scheduled_at + e.after, '', e.actor, e.decision
from posts p join lateral (
    values
        (null, 'queued', interval '-4 hours', null, null),
        ('queued', 'claimed', interval '-1 second', null, null),
        ('claimed', 'armed', interval '0', null, null),
        ('armed', p.status, interval '4 seconds', null, null),
        ('published', 'published', interval '2 days', 'anna', 'not_on_x')
) as e (was, became, after, actor, decision)
    on e.decision is null or (p.removed_at is not null and p.removed_at < %(now)s - interval '3 days')
order by p.id;

-- name: readings
-- Read often while young: ages grow geometrically from ten minutes to the post's own age, thirty days at most.
insert into post_metrics (post_id, x_post_id, read_at, age_seconds, replies, reposts, likes, bookmarks, views, label)
select p.id, p.x_post_id, p.published_at + a.age * interval '1 second', a.age, a.views / 400, a.views / 300,
    a.views / 40, a.views / 500, a.views,
    a.views / 400 || ' replies, ' || a.views / 300 || ' reposts, ' || a.views / 40 || ' likes, ' || a.views / 500
        || ' bookmarks, ' || a.views || ' views'
from posts p
cross join generate_series(1, %(readings)s) r
cross join lateral (
    select least(600 * power(4320, r::double precision / %(readings)s), 2592000) as age
) t
cross join lateral (select t.age, (100 + 90 * r * (1 + p.id %% 7))::bigint as views) a
where p.status = 'published' and p.published_at + a.age * interval '1 second' <= %(now)s
order by 3;

-- name: misses
-- One post in ten was once not read.
insert into metric_misses (post_id, missed_at, why, reason)
select id, published_at + interval '1 hour', 'unread', 'slow page' from posts
where status = 'published' and id %% 10 = 5;

-- name: outcomes
-- Posts older than six hours have one, but for one in two hundred, which never showed its views in time.
insert into engagement_outcomes (post_id, metrics_id, reward, computed_at)
select p.id, m.id, 0.2 + 0.6 * (p.id %% 7) / 7, m.read_at
from posts p join lateral (
    select id, read_at from post_metrics where post_id = p.id and age_seconds >= 21600 order by read_at limit 1
) m on true
where p.status = 'published' and p.id %% 200 <> 7;

-- name: calls
-- A call of the language model for each post, and what the gates judged.
with called as (
    insert into llm_calls (purpose, model, prompt_version, outcome, latency_ms, cost_microusd, called_at)
    select case when id %% 20 = 0 then 'pool' else 'plan' end, 'gpt-4o', '1', 'ok', 900, 40, planned_at from posts
    order by id
)
insert into post_judgements (judged_at, text, topic, format, purpose, model, gate, reason)
select planned_at, text, topic, format, 'plan', 'gpt-4o', case when id %% 9 = 0 then 'near_duplicate' end,
    case when id %% 9 = 0 then 'It reads like another one.' end
from posts order by id;

-- name: operations
-- One browser operation for each post.
insert into browser_operations (id, kind, lane, queued_at, requested_at, started_at, ended_at, slot, outcome)
select gen_random_uuid(), 'publish', 'critical', scheduled_at, scheduled_at, scheduled_at,
    scheduled_at + interval '4 seconds', 0, 'ok'
from posts where status = 'published' order by id;

-- name: others
-- Who engaged, the profile once an hour, and alerts of the past.
with engaged as (
    insert into engagements (handle, kind, x_post_id, engaged_at)
    select 'reader' || id %% 5000, 'like', x_post_id, published_at + interval '1 hour'
    from posts where status = 'published'
), profile as (
    insert into account_metrics (handle, read_at, followers, following, posts, exact)
    select 'me', scheduled_at, 100 + id / 50, 10, id, true from posts where id %% 8 = 0 order by id
), used as (
    insert into template_uses (template, subject, post_id, used_at)
    select 'template ' || id %% 30, 'topic 1', id, planned_at from posts where source = 'template' order by id
)
insert into alerts (key, severity, reason, remedy, raised_at, last_seen_at, resolved_at)
select 'key:' || id, 'warning', 'Something was wrong.', 'Look.', scheduled_at, scheduled_at, scheduled_at
from posts where id %% 100 = 1 order by id;
