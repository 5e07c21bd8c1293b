-- What the report of learning is made of.

-- name: reported_posts
-- A page of posts with an outcome: what was learned from, with its words and where it stands.
select p.id as post_id, p.text, p.permalink, p.topic, p.format, p.features, p.source, p.published_at, e.reward, e.score,
    e.level
from engagement_outcomes e join posts p on p.id = e.post_id
where e.post_id between %(first)s and %(last)s
    and p.removed_at is null and p.reply_to_x_id is null and coalesce(p.segment, 0) = 0
order by p.published_at, p.id;

-- name: waiting_outcomes
-- Why posts since a time have no outcome: too young, never read, or never seen with views. Removed ones are not read.
select count(*) filter (where published_at > %(young_since)s) as young,
    min(published_at) filter (where published_at > %(young_since)s) as next_published_at,
    count(*) filter (where published_at <= %(young_since)s and read_at is null and next_read_at is not null) as unread,
    count(*) filter (
        where published_at <= %(young_since)s and read_at is not null and coalesce(views, 0) = 0
    ) as without_views,
    count(*) filter (where published_at <= %(young_since)s and views > 0) as uncounted
from reading_schedule where not has_outcome and published_at > %(since)s;

-- name: weeks_of_rules
-- What posts earned week by week, by the way of learning that was champion when they were chosen; those of a test apart.
select date_trunc('week', p.published_at, 'UTC') as week, coalesce(v.parameters ->> 'rule', 'steady') as rule,
    p.tested_version_id is not null as in_test, count(*)::integer as posts, avg(e.score) as mean,
    stddev_samp(e.score) as deviation
from (select post_id, score from engagement_outcomes order by post_id desc limit %(limit)s) e
join posts p on p.id = e.post_id
join model_versions v on v.id = p.bandit_version_id
where p.removed_at is null
group by week, rule, in_test
order by week desc, rule, in_test;
