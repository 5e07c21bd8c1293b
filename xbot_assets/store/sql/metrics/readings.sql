-- Readings, misses and outcomes.

-- name: posts_to_measure
-- Published posts due for a look with their newest counts, never read first, then in the order in which they fell due.
select s.post_id as id, p.x_post_id, s.published_at, s.read_at as metrics_read_at, s.looked_at,
    s.unchanged_readings, s.falls,
    s.replies, s.reposts, s.likes, s.bookmarks, s.views
from (
    (
        select * from reading_schedule where read_at is null and next_read_at <= %(now)s
        order by next_read_at, post_id limit %(limit)s
    )
    union all
    (
        select * from reading_schedule where read_at is not null and next_read_at <= %(now)s
        order by next_read_at, post_id limit %(limit)s
    )
) s
join posts p on p.id = s.post_id
order by s.read_at is not null, s.next_read_at, s.post_id
limit %(limit)s;

-- name: posts_on_lists
-- The newest posts that are due for a look, or of whose time until then a share has passed, and where they stand: posts
-- among posts; answers among both, as far down as a list of both has them.
with newest as (
    (
        select id, false as answers, row_number() over (order by published_at desc, id desc)::integer as place
        from posts
        where status = 'published' and removed_at is null and reply_to_x_id is null and coalesce(segment, 0) = 0
        order by published_at desc, id desc limit %(limit)s
    )
    union all
    select id, answers, place
    from (
        select id, reply_to_x_id is not null or coalesce(segment, 0) > 0 as answers,
            row_number() over (order by published_at desc, id desc)::integer as place
        from posts where status = 'published' and removed_at is null
        order by published_at desc, id desc limit %(limit)s
    ) either
    where answers
)
select s.post_id as id, p.x_post_id, s.published_at, s.read_at as metrics_read_at, s.looked_at,
    s.unchanged_readings, s.falls,
    s.replies, s.reposts, s.likes, s.bookmarks, s.views,
    n.answers, n.place
from newest n join reading_schedule s on s.post_id = n.id join posts p on p.id = n.id
where s.next_read_at - (s.next_read_at - coalesce(s.looked_at, s.next_read_at)) * (1 - %(share)s::float8) <= %(now)s
order by n.place, n.id;

-- name: next_reading_at
-- When the next reading of any post is due.
select least(
    (select min(next_read_at) from reading_schedule where read_at is null and next_read_at is not null),
    (select min(next_read_at) from reading_schedule where read_at is not null and next_read_at is not null)
) as at;

-- name: make_reading_months
-- Make the months that readings of these times belong to; most of the time there is nothing to do.
select make_reading_month(at) from unnest(%(times)s::timestamptz[]) as t (at);

-- name: insert_readings
-- Store readings and when their posts are read next; the newest reading of a post counts.
with stored as (
    insert into post_metrics (post_id, read_at, replies, reposts, likes, bookmarks, views, label)
    select r.post_id, r.read_at, r.replies, r.reposts, r.likes, r.bookmarks, r.views, r.label
    from jsonb_to_recordset(%(rows)s::jsonb) as r (
        position integer, post_id bigint, read_at timestamptz, replies integer, reposts integer, likes integer,
        bookmarks integer, views bigint, label text
    )
    where exists (select from reading_schedule w where w.post_id = r.post_id)
    order by r.position
    on conflict (post_id, read_at) do nothing
    returning post_id, read_at, replies, reposts, likes, bookmarks, views
), newest as (
    select distinct on (s.post_id) s.*, r.next_read_at, r.unchanged_readings, (
        select views from stored where post_id = s.post_id and views is not null order by read_at desc limit 1
    ) as shown_views
    from stored s
    join jsonb_to_recordset(%(rows)s::jsonb) as r (
        post_id bigint, read_at timestamptz, next_read_at timestamptz, unchanged_readings integer
    ) using (post_id, read_at)
    order by s.post_id, s.read_at desc
), scheduled as (
    update reading_schedule w set
        read_at = n.read_at, looked_at = greatest(w.looked_at, n.read_at), falls = 0,
        next_read_at = case when w.next_read_at is not null then n.next_read_at end,
        unchanged_readings = n.unchanged_readings, replies = n.replies, reposts = n.reposts, likes = n.likes,
        bookmarks = n.bookmarks, views = coalesce(n.shown_views, w.views)
    from newest n where w.post_id = n.post_id and (w.read_at is null or w.read_at < n.read_at)
)
select post_id from stored;

-- name: insert_misses
-- Store misses and when their posts are tried again.
with missed as (
    select r.* from jsonb_to_recordset(%(rows)s::jsonb) as r (
        position integer, post_id bigint, missed_at timestamptz, why text, reason text, next_read_at timestamptz
    )
), scheduled as (
    update reading_schedule w set
        looked_at = greatest(w.looked_at, m.missed_at),
        next_read_at = case when w.next_read_at is not null then m.next_read_at end
    from (
        select distinct on (post_id) post_id, missed_at, next_read_at from missed order by post_id, missed_at desc
    ) m
    where w.post_id = m.post_id
)
insert into metric_misses (post_id, missed_at, why, reason)
select post_id, missed_at, why, reason from missed order by position;

-- name: quarantine_readings
-- Keep what a page said and cannot be; a post of ours is tried again.
with given as (
    select r.* from jsonb_to_recordset(%(rows)s::jsonb) as r (
        position integer, post_id bigint, read_at timestamptz, problem text, reason text, evidence jsonb,
        next_read_at timestamptz
    )
), scheduled as (
    update reading_schedule w set
        looked_at = greatest(w.looked_at, g.read_at),
        falls = case g.problem when 'falling_views' then w.falls + 1 else w.falls end,
        next_read_at = case when w.next_read_at is not null then g.next_read_at end
    from (select distinct on (post_id) * from given where next_read_at is not null order by post_id, position) g
    where w.post_id = g.post_id
)
insert into quarantined_readings (post_id, read_at, problem, reason, evidence)
select post_id, read_at, problem, reason, evidence from given order by position;

-- name: quarantined_readings
-- What cannot be, newest first.
select id, post_id, read_at, problem, reason, evidence from quarantined_readings order by id desc limit %(limit)s;

-- name: insert_reading_batch
-- How much of what one operation asked for was read.
insert into reading_batches (read_at, asked, posts_read, looked, unparsed, changed, compared, disagreed)
values (
    %(now)s, %(asked)s, %(posts_read)s, %(looked)s, %(unparsed)s, %(changed)s, %(compared)s, %(disagreed)s
);

-- name: reading_success
-- How many posts the last operations asked for, and how many were read; what is usual is told by those at which X's page
-- had not changed.
select coalesce(sum(asked), 0)::bigint as asked, coalesce(sum(posts_read), 0)::bigint as posts_read,
    coalesce(sum(looked) filter (where not changed), 0)::bigint as looked,
    coalesce(sum(unparsed) filter (where not changed), 0)::bigint as unparsed,
    max(read_at) filter (where posts_read > 0) as read_at
from (
    select asked, posts_read, looked, unparsed, changed, read_at from reading_batches order by id desc limit %(batches)s
) b;

-- name: newest_batches
-- The last operations that read posts, newest first.
select read_at, asked, posts_read, looked, unparsed, changed, compared, disagreed
from reading_batches order by id desc limit %(batches)s;

-- name: keep_page_evidence
-- Keep a page that could not be read, unless one of its kind was kept a short time ago and nothing else calls for it.
insert into page_evidence (seen_at, operation, path, reason, outline)
select %(now)s, %(operation)s, %(path)s, %(reason)s, %(outline)s
where not exists (
    select from page_evidence
    where id = (select max(id) from page_evidence where operation = %(operation)s) and seen_at > %(since)s
)
returning id;

-- name: newest_page_evidence
-- The pages that could not be read, newest first, without the pages themselves.
select id, seen_at, operation, path, reason from page_evidence order by id desc limit %(limit)s;

-- name: page_evidence
-- One of them.
select id, seen_at, operation, path, reason, outline from page_evidence where id = %(id)s;

-- name: latest_reading
-- The newest reading of a post.
select post_id, read_at, replies, reposts, likes, bookmarks, views, label
from post_metrics where post_id = %(id)s order by read_at desc limit 1;

-- name: readings_of
-- Every reading of a post, oldest first.
select post_id, read_at, replies, reposts, likes, bookmarks, views, label
from post_metrics where post_id = %(id)s order by read_at;

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
-- Replies are those of others: neither our answers nor the next segment of a thread, as far as they were out by then.
select s.post_id, p.x_post_id, s.published_at, m.read_at, greatest(0, m.replies - (
        select count(*) from posts a
        where a.reply_to_x_id = p.x_post_id and a.status = 'published' and a.published_at <= m.read_at
    ) - (
        select count(*) from posts a
        where a.thread_id = p.thread_id and a.segment = p.segment + 1 and a.status = 'published'
            and a.published_at <= m.read_at
    ))::integer as replies,
    m.reposts, m.likes, m.bookmarks, m.views,
    p.reply_to_x_id is not null or coalesce(p.segment, 0) > 0 as is_answer
from reading_schedule s
join lateral (
    select read_at, replies, reposts, likes, bookmarks, views
    from post_metrics
    where post_id = s.post_id and views > 0
        and read_at >= s.published_at + %(min_age)s::interval and read_at <= s.published_at + %(max_age)s::interval
        and read_at > %(since)s -- says nothing new, but spares the months before
    order by read_at limit 1
) m on true
join posts p on p.id = s.post_id
where not s.has_outcome and s.published_at > %(since)s and p.removed_at is null
    and s.published_at <= %(now)s::timestamptz - %(min_age)s::interval
order by s.published_at, s.post_id
limit %(limit)s;

-- name: insert_outcomes
-- Store outcomes; the first one of a post stays.
with given as (
    select r.*
    from jsonb_to_recordset(%(rows)s::jsonb) as r (
        position integer, post_id bigint, read_at timestamptz, reward double precision, score double precision,
        level double precision, is_relative boolean, computed_at timestamptz
    )
    order by r.position
), noted as (
    update reading_schedule w set has_outcome = true from given g where w.post_id = g.post_id
)
insert into engagement_outcomes (post_id, read_at, reward, score, level, is_relative, computed_at)
select post_id, read_at, reward, score, level, is_relative, computed_at from given
on conflict (post_id) do nothing;

-- name: redefine_outcomes
-- Give the newest outcomes the reward of the definition that is set; those that have it stay.
update engagement_outcomes e set
    is_relative = %(relative)s,
    reward = case when %(relative)s then least(1, greatest(0, 0.5 + e.score - e.level)) else e.score end
where e.is_relative <> %(relative)s
    and e.ctid = any (array(select ctid from engagement_outcomes order by post_id desc limit %(limit)s));

-- name: recent_scores
-- The scores that set the account's level: of the newest posts that answer nobody and were not taken down.
select e.score
from engagement_outcomes e join posts p on p.id = e.post_id
where p.removed_at is null and p.reply_to_x_id is null and coalesce(p.segment, 0) = 0
order by e.post_id desc limit %(limit)s;

-- name: training_examples
-- What learning needs of a page of posts with an outcome; what was taken down teaches nothing, and replies are seen by
-- others than posts are.
select p.id as post_id, p.topic, p.format, p.features, p.propensity, p.predicted_reward,
    p.bandit_version_id, p.predictor_version_id, e.reward, p.published_at, e.computed_at
from engagement_outcomes e join posts p on p.id = e.post_id
where e.post_id between %(first)s and %(last)s and p.removed_at is null and p.reply_to_x_id is null
order by p.published_at, p.id;
