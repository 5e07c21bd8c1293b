-- The statements that migration 0022 replaced, as they were: what the table compares with.

-- name: posts_to_measure
-- Published posts due for a look, by age; never read first.
select id, x_post_id, published_at, metrics_read_at
from posts
where status = 'published' and removed_at is null
    and (
        metrics_looked_at is null
        or metrics_looked_at <= %(now)s::timestamptz - case
            when published_at > %(now)s::timestamptz - interval '24 hours' then %(young)s::interval
            when published_at > %(now)s::timestamptz - interval '7 days' then %(middle)s::interval
            else %(old)s::interval
        end
    )
order by metrics_read_at is not null, metrics_looked_at nulls first, id
limit %(limit)s;

-- name: latest_reading
-- The newest reading of a post.
select id, post_id, x_post_id, read_at, age_seconds, replies, reposts, likes, bookmarks, views, label
from post_metrics where post_id = %(id)s order by read_at desc, id desc limit 1;

-- name: readings_of
-- Every reading of a post, oldest first.
select id, post_id, x_post_id, read_at, age_seconds, replies, reposts, likes, bookmarks, views, label
from post_metrics where post_id = %(id)s order by read_at, id;

-- name: outcomes_due
-- Posts old enough and without an outcome, with the first reading of that age that shows views, and is not too late.
select p.id as post_id, m.id as metrics_id, p.x_post_id, p.published_at, m.read_at, m.age_seconds,
    m.replies, m.reposts, m.likes, m.bookmarks, m.views
from posts p
join lateral (
    select id, read_at, age_seconds, replies, reposts, likes, bookmarks, views
    from post_metrics
    where post_id = p.id and views > 0
        and age_seconds >= extract(epoch from %(min_age)s::interval)
        and age_seconds <= extract(epoch from %(max_age)s::interval)
    order by read_at, id limit 1
) m on true
where p.status = 'published'
    and p.published_at <= %(now)s::timestamptz - %(min_age)s::interval
    and not exists (select from engagement_outcomes e where e.post_id = p.id)
order by p.published_at, p.id
limit %(limit)s;

-- name: training_examples
-- Everything learning needs, one row per outcome, oldest post first.
select p.id as post_id, p.topic, p.format, p.features, p.propensity, p.predicted_reward,
    p.bandit_version_id, p.predictor_version_id, e.reward, p.published_at, e.computed_at
from engagement_outcomes e join posts p on p.id = e.post_id
order by p.published_at, p.id;

-- name: outcomes_since
-- Outcomes that came after a model version was trained.
select count(*) as outcomes from engagement_outcomes
where %(trained_at)s::timestamptz is null or computed_at > %(trained_at)s::timestamptz;

-- name: queue_counts
-- Posts by state.
select status, count(*) as posts from posts group by status order by status;

-- name: recent_posts
-- Newest posts of the account's own course, with their latest reading; the pool's reserve is not among them.
select p.id, p.status, p.text, p.topic, p.format, p.source, p.scheduled_at, p.planned_at, p.armed_at,
    p.published_at, p.removed_at, p.x_post_id, p.permalink, p.propensity, p.predicted_reward, p.looks,
    p.failure_kind, p.failure_code, p.failure_reason,
    m.read_at, m.replies, m.reposts, m.likes, m.bookmarks, m.views,
    p.thread_id, p.segment, (select count(*) from posts where thread_id = p.thread_id) as segments
from posts p
left join lateral (
    select read_at, replies, reposts, likes, bookmarks, views
    from post_metrics where post_id = p.id order by read_at desc, id desc limit 1
) m on true
where p.status not in ('emergency_pool', 'retired')
order by p.id desc limit %(limit)s;

-- name: impossible_readings
-- Latest readings of the last posts that show more likes than views.
select p.id, m.likes, m.views
from (select id from posts where status = 'published' order by published_at desc limit %(limit)s) p
join lateral (
    select likes, views from post_metrics where post_id = p.id order by read_at desc, id desc limit 1
) m on m.likes > m.views;

-- name: broken_threads
-- Threads that wait behind a segment that will never be published, or that was only published in shadow mode.
select b.thread_id, b.id as broken_id, b.segment, b.status, b.failure_reason,
    (select count(*) from posts where thread_id = b.thread_id) as segments,
    (select count(*) from posts where thread_id = b.thread_id and status = 'published') as published,
    (
        select min(p.id) from posts p
        where p.thread_id = b.thread_id and p.segment > b.segment and p.status = 'queued'
    ) as waiting_id
from posts b
where (b.status in ('failed', 'rejected') or (b.status = 'shadowed' and not %(shadow)s))
    and exists (select from posts p where p.thread_id = b.thread_id and p.segment > b.segment and p.status = 'queued')
    and not exists (
        select from posts e where e.thread_id = b.thread_id and e.segment < b.segment
            and (e.status in ('failed', 'rejected') or (e.status = 'shadowed' and not %(shadow)s))
    )
order by b.thread_id;

-- name: open_removals
-- Posts that X took back and nobody has acknowledged, newest first.
select id, text, x_post_id, permalink, published_at, missing_since, removed_at from posts p
where removed_at is not null
    and not exists (select from post_events where post_id = p.id and decision = 'not_on_x' and happened_at >= p.removed_at)
order by removed_at desc, id;

-- name: published_with_counts
-- Every published post with its latest counts, oldest first.
select p.topic, p.format, p.published_at, m.likes, m.replies, m.views
from posts p
left join lateral (
    select likes, replies, views from post_metrics where post_id = p.id order by read_at desc, id desc limit 1
) m on true
where p.status = 'published'
order by p.published_at, p.id;
