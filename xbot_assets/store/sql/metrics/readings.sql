-- Readings, misses and outcomes.

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

-- name: insert_readings
-- Store readings and note the look on their posts.
with stored as (
    insert into post_metrics (
        post_id, x_post_id, read_at, age_seconds, replies, reposts, likes, bookmarks, views, label
    )
    select r.post_id, r.x_post_id, r.read_at, r.age_seconds, r.replies, r.reposts, r.likes, r.bookmarks,
        r.views, r.label
    from jsonb_to_recordset(%(rows)s::jsonb) as r (
        position integer, post_id bigint, x_post_id text, read_at timestamptz, age_seconds double precision,
        replies bigint, reposts bigint, likes bigint, bookmarks bigint, views bigint, label text
    )
    order by r.position
    returning id, post_id, read_at
), looked as (
    update posts p set
        metrics_looked_at = greatest(p.metrics_looked_at, s.read_at),
        metrics_read_at = greatest(p.metrics_read_at, s.read_at)
    from (select post_id, max(read_at) as read_at from stored group by post_id) s
    where p.id = s.post_id
)
select id from stored order by id;

-- name: insert_misses
-- Store misses and note the look on their posts.
with missed as (
    select r.* from jsonb_to_recordset(%(rows)s::jsonb)
        as r (position integer, post_id bigint, missed_at timestamptz, why text, reason text)
), looked as (
    update posts p set metrics_looked_at = greatest(p.metrics_looked_at, m.missed_at)
    from (select post_id, max(missed_at) as missed_at from missed group by post_id) m
    where p.id = m.post_id
)
insert into metric_misses (post_id, missed_at, why, reason)
select post_id, missed_at, why, reason from missed order by position;

-- name: latest_reading
-- The newest reading of a post.
select id, post_id, x_post_id, read_at, age_seconds, replies, reposts, likes, bookmarks, views, label
from post_metrics where post_id = %(id)s order by read_at desc, id desc limit 1;

-- name: readings_of
-- Every reading of a post, oldest first.
select id, post_id, x_post_id, read_at, age_seconds, replies, reposts, likes, bookmarks, views, label
from post_metrics where post_id = %(id)s order by read_at, id;

-- name: insert_account_reading
-- Store one reading of the account.
insert into account_metrics (handle, read_at, followers, following, posts, exact)
values (%(handle)s, %(read_at)s, %(followers)s, %(following)s, %(posts)s, %(exact)s)
returning id;

-- name: last_account_reading
-- The newest reading of an account.
select id, handle, read_at, followers, following, posts, exact
from account_metrics where handle = %(handle)s order by read_at desc, id desc limit 1;

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

-- name: insert_outcomes
-- Store outcomes; the first one of a post stays.
insert into engagement_outcomes (post_id, metrics_id, reward, computed_at)
select r.post_id, r.metrics_id, r.reward, r.computed_at
from jsonb_to_recordset(%(rows)s::jsonb)
    as r (position integer, post_id bigint, metrics_id bigint, reward double precision, computed_at timestamptz)
order by r.position
on conflict (post_id) do nothing;

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
