-- Data of tables that are newer than migration 0021: replies, what housekeeping and learning left behind.

-- name: replies
-- One post in twenty answers somebody; the newest ones are of today.
update posts set reply_to_x_id = (1700000000000000000 + id)::text, reply_to_handle = 'reader' || id %% 5000
where id %% 20 = 9 and id <= %(posts)s and segment is null;

-- name: opportunities
-- Posts by others, one for every second post of ours: three hundred open, some planned or suggested, the rest refused.
insert into reply_opportunities (
    x_post_id, handle, source, state, reason, text, lang, in_reply_to, conversation_id, automated, created_at,
    first_seen_at, expires_at, changed_at, velocity, relevance, relevance_by, post_id
)
select (1700000000000000000 + s.n)::text, 'reader' || s.n %% 5000, case when s.n %% 20 = 9 then 'reply' else 'search' end,
    s.state, case when s.n %% 2 = 0 then 'bot' else 'too_old' end, 'Somebody writes ' || s.n, 'en',
    case when s.n %% 20 = 9 then (1900000000000000000 + s.n - 1)::text end,
    (1700000000000000000 + s.n - s.n %% 3)::text, false, s.at, s.at + interval '5 minutes', s.at + interval '1 day',
    least(%(now)s, s.at + interval '1 day'), s.n %% 40, (s.n %% 10) / 10.0, 'model',
    case when s.state = 'planned' then s.post_id end
from (
    select n, p.id as post_id, %(now)s - (%(posts)s - n + 1) * interval '80 seconds' as at,
        case
            when p.id is not null then 'planned'
            when n > %(posts)s - 350 then 'open'
            when n %% 400 = 1 then 'suggested'
            when n %% 2 = 0 then 'filtered' else 'expired'
        end as state
    from generate_series(
        %(posts)s::bigint - greatest(least(6000, %(posts)s::bigint), %(posts)s::bigint / 2) + 1, %(posts)s::bigint
    ) n
    left join posts p on p.id = n and p.reply_to_x_id is not null
) s
order by s.n;

-- name: opportunity_readings
-- Three readings of each, some minutes apart.
insert into opportunity_readings (x_post_id, read_at, likes, reposts, replies, bookmarks, views)
select o.x_post_id, o.first_seen_at + r * interval '6 minutes', 10 * r, r, r, r, 1000 * r
from reply_opportunities o, generate_series(0, 2) r
order by 2;

-- name: suggestions
-- Drafts for a person; those of the last two days wait.
insert into reply_suggestions (x_post_id, draft, why, state, created_at, changed_at)
select x_post_id, 'A draft', 'engaged_only',
    case when created_at > %(now)s - interval '2 days' then 'suggested' else 'dismissed' end, created_at, created_at
from reply_opportunities where state = 'suggested';

-- name: harvests
-- How large the pool was every twenty minutes, and whom and what was looked at.
with counted as (
    insert into opportunity_counts (counted_at, open_posts)
    select %(now)s - n * interval '20 minutes', 250 + n %% 50
    from generate_series(1, greatest(6000, least(30000, %(posts)s::bigint / 10))) n
), refused as (
    insert into unanswerable_authors (handle, why, noted_at) select 'reader' || n, 'stop', %(now)s from generate_series(1, 400) n
), tracked as (
    insert into tracked_accounts (handle, added_at) select 'author' || n, %(now)s from generate_series(1, 40) n
)
insert into harvest_sources (name, read_at, posts_seen, posts_new)
select 'search ' || n, %(now)s, 40, 3 from generate_series(1, 40) n;

-- name: signals
-- Tracked accounts answer and quote a hundred people a day.
insert into account_signals (handle, by_handle, x_post_id, kind, seen_at)
select 'reader' || n %% 5000, 'author' || n %% 40, n::text, 'quoted', %(now)s - (n * interval '14 minutes')
from generate_series(1, greatest(6000, least(40000, %(posts)s::bigint / 10))) n order by n desc;

-- name: housekeeping
-- What was read, what could not be, what was looked at and tidied up; versions of models of a year.
with looks as (
    insert into model_looks (account, looked_at) values ('openai', %(now)s)
), batches as (
    insert into reading_batches (read_at, asked, posts_read) select published_at, 20, 20 from posts
    where status = 'published' order by id
), odd as (
    insert into quarantined_readings (post_id, read_at, problem, reason, evidence)
    select id, published_at, 'falling_views', 'Fewer views.', '{}' from posts
    where status = 'published' and id %% 20 = 3 order by id
), tidied as (
    insert into upkeep (task, done_at) select 'purge', %(now)s - n * interval '6 hours' from generate_series(1, 6000) n
), looked as (
    insert into session_checks (state, checked_at)
    select 'logged_in', %(now)s - n * interval '1 hour' from generate_series(6000, 1, -1) n
), compared as (
    insert into timeline_reconciliations (compared_at, covers_since, posts_seen, confirmed, phantoms, missing)
    select %(now)s - n * interval '15 minutes', %(now)s - (n + 100) * interval '15 minutes', 40, 0, 0, 0
    from generate_series(9000, 1, -1) n
)
insert into model_versions (kind, version, parameters, evaluation, outcomes_used, trained_at)
select kind, n, '{}', '{}', 100, %(now)s - (6000 - n) * interval '1 hour'
from unnest(array['bandit', 'predictor']) as k (kind), generate_series(1, 6000) n order by n;

-- name: pace
-- Admissions, changes of the rate, transitions of the breaker and samples of the queue of a month.
with admitted as (
    insert into pace_admissions (kind, admitted_at)
    select 'post', %(now)s - n * interval '7 minutes' from generate_series(6000, 1, -1) n
), changed as (
    insert into pace_changes (kind, changed_at, outcome, rate_before, rate_after)
    select 'post', %(now)s - n * interval '1 hour', 'success', 2, 2 from generate_series(9000, 1, -1) n
), moved as (
    insert into breaker_events (name, event, from_state, to_state, fencing_token, happened_at, reason)
    select 'publishing', 'opened', 'closed', 'open', n, clock_timestamp() - n * interval '5 minutes', 'r'
    from generate_series(9000, 1, -1) n
), timed as (
    insert into statement_timings (name, day, calls, total_ms, max_ms, slow_calls)
    select 'statement' || n, (now() - d * interval '1 day')::date, 1, 1, 1, 0
    from generate_series(1, 320) n, generate_series(0, 30) d
), told as (
    insert into alert_outbox (alert_id, event, created_at, sent_at)
    select id, 'raised', raised_at, raised_at from alerts where resolved_at is not null order by id
)
insert into browser_queue_samples (sampled_at, lane, waiting, oldest_seconds)
select clock_timestamp() - n * interval '1 minute', 'high', 0, 0 from generate_series(43000, 1, -1) n;

-- name: deliveries
-- Every notice was taken by one channel.
insert into alert_deliveries (notice_id, channel, attempts, sent_at)
select id, 'ntfy', 1, created_at from alert_outbox where sent_at is not null order by id;

-- name: months
-- Readings as they are after years: each in the part of its month.
alter table post_metrics detach partition post_metrics_before_months;
select make_reading_month(at) from generate_series(
    (select min(read_at) from post_metrics_before_months), %(now)s + interval '40 days', interval '27 days'
) as g (at);
insert into post_metrics select * from post_metrics_before_months order by read_at;
drop table post_metrics_before_months;

-- name: signals
-- What others do: a hundred thousand things seen in ninety days, each twice, with the readings and conclusions of that time.
with seen as (
    insert into signals (
        kind, name, x_post_id, handle, about, format, text, created_at, first_seen_at, last_seen_at
    )
    select (array['viral_format', 'peer', 'trend', 'news'])[1 + n %% 4],
        case when n %% 4 < 2 then (1500000000000000000 + n)::text else 'word ' || n end,
        case when n %% 4 < 2 then (1500000000000000000 + n)::text end, case when n %% 4 < 2 then 'reader' || n %% 500 end,
        'topic ' || n %% 6, 'question', 'Somebody writes ' || n, %(now)s - (100000 - n) * interval '78 seconds',
        %(now)s - (100000 - n) * interval '78 seconds', %(now)s - (100000 - n) * interval '78 seconds'
    from generate_series(1, 100000) n
    returning id, last_seen_at
), sighted as (
    insert into signal_sightings (signal_id, seen_at, rank, posts, likes, reposts, replies, views)
    select s.id, s.last_seen_at - d * interval '4 hours', 1, 40, 10, 1, 1, 1000 from seen s, generate_series(0, 1) d
), read as (
    insert into signal_readings (reading, read_at, seen, new, unread)
    select r, %(now)s - n * interval '2 hours', 80, 40, 0
    from unnest(array['high_value', 'background']) as k (r), generate_series(1, 1000) n
), made as (
    insert into insights (kind, made_at, model, signals_shown, kept, why_none, cost_microusd)
    select k, %(now)s - n * interval '12 hours', 'gpt-4o', 20, 4, '', 100
    from unnest(array['expert', 'competitor']) as t (k), generate_series(1, 1000) n
    returning id
)
insert into insight_sentences (insight_id, position, text, x_post_ids)
select id, p, 'A sentence', array['1500000000000099001'] from made, generate_series(1, 4) p;
