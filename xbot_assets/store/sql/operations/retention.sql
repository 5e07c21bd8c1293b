-- Purging what is old, a batch at a time: each statement deletes at most %(rows)s rows from before %(before)s.
-- Tables that only grow are read from their oldest row on, so that nothing has to be sorted and no index is needed. Rows
-- are named by where they are (ctid): the server goes there, and never reads the table to find them again. One that was
-- changed meanwhile is somewhere else, and is left to the next purge.

-- name: purge_readings
-- Readings of whole months; a post's newest counts are in its reading_schedule, what it earned in its outcome.
select drop_reading_months(%(before)s) as rows;

-- name: purge_account_readings
-- Readings of the profile.
delete from account_metrics
where ctid = any (array(select ctid from account_metrics order by id limit %(rows)s)) and read_at < %(before)s;

-- name: purge_llm_calls
-- Calls of the language model that no post came from.
delete from llm_calls where ctid = any (array(
    select c.ctid from llm_calls c
    where c.called_at < %(before)s and not exists (select from posts p where p.llm_call_id = c.id)
    order by c.called_at limit %(rows)s
));

-- name: purge_template_uses
-- Templates used.
delete from template_uses
where ctid = any (array(select ctid from template_uses order by id limit %(rows)s)) and used_at < %(before)s;

-- name: purge_pace_changes
-- Changes of the rate.
delete from pace_changes
where ctid = any (array(select ctid from pace_changes order by id limit %(rows)s)) and changed_at < %(before)s;

-- name: purge_misses
-- Readings that were missed.
delete from metric_misses
where ctid = any (array(select ctid from metric_misses order by id limit %(rows)s)) and missed_at < %(before)s;

-- name: purge_quarantined
-- Readings that could not be.
delete from quarantined_readings
where ctid = any (array(select ctid from quarantined_readings order by id limit %(rows)s)) and read_at < %(before)s;

-- name: purge_page_evidence
-- Pages that could not be read.
delete from page_evidence
where ctid = any (array(select ctid from page_evidence order by id limit %(rows)s)) and seen_at < %(before)s;

-- name: purge_reading_batches
-- How much of what was asked for was read.
delete from reading_batches
where ctid = any (array(select ctid from reading_batches order by id limit %(rows)s)) and read_at < %(before)s;

-- name: purge_judgements
-- Texts that were judged.
delete from post_judgements
where ctid = any (array(select ctid from post_judgements order by id limit %(rows)s)) and judged_at < %(before)s;

-- name: purge_reconciliations
-- Comparisons of the timeline, but for the last that covered something.
delete from timeline_reconciliations
where ctid = any (array(select ctid from timeline_reconciliations order by id limit %(rows)s)) and compared_at < %(before)s
    and id is distinct from (select max(id) from timeline_reconciliations where covers_since is not null);

-- name: purge_policy_refusals
-- What the rules said of posts that wait no more.
delete from policy_refusals where (post_id, rule) in (
    select r.post_id, r.rule from policy_refusals r join posts p on p.id = r.post_id
    where r.last_at < %(before)s and p.status in ('published', 'failed', 'rejected', 'shadowed', 'retired')
    limit %(rows)s
);

-- name: purge_alerts
-- Closed alerts whose notices are out, with those notices.
with old as (
    select a.id from alerts a
    where a.resolved_at < %(before)s
        and not exists (select from alert_outbox o where o.alert_id = a.id and o.sent_at is null)
    order by a.id limit %(rows)s
), notices as (
    delete from alert_outbox where alert_id in (select id from old)
)
delete from alerts where id in (select id from old);

-- name: purge_upkeep
-- Notes of housekeeping, but for the newest of each task.
delete from upkeep
where ctid = any (array(select ctid from upkeep order by id limit %(rows)s)) and done_at < %(before)s
    and id not in (select max(id) from upkeep group by task);

-- name: purge_model_versions
-- Versions that chose no post, have no seat and are not the newest of their kind.
delete from model_versions where id in (
    select v.id from model_versions v
    where v.trained_at < %(before)s
        and v.version < (select max(version) from model_versions n where n.kind = v.kind)
        and not exists (select from posts p where p.bandit_version_id = v.id)
        and not exists (select from posts p where p.predictor_version_id = v.id)
        and not exists (select from posts p where p.tested_version_id = v.id)
        and not exists (select from champions c where c.version_id = v.id)
        and not exists (select from champion_events e where e.version_id = v.id)
        and not exists (select from challengers g where g.version_id = v.id)
    order by v.id limit %(rows)s
);

-- name: purge_images
-- Images of posts that are out or given up.
delete from post_media where (post_id, position) in (
    select m.post_id, m.position from post_media m join posts p on p.id = m.post_id
    where p.status in ('published', 'failed', 'rejected', 'shadowed', 'retired')
        and greatest(p.published_at, p.armed_at, p.planned_at) < %(before)s
    limit %(rows)s
);

-- name: purge_browser_operations
-- What the browser did.
delete from browser_operations where ctid = any (array(
    select ctid from browser_operations where queued_at < %(before)s order by queued_at limit %(rows)s
));

-- name: purge_queue_samples
-- Samples of who waited for the browser.
delete from browser_queue_samples where ctid = any (array(
    select ctid from browser_queue_samples where sampled_at < %(before)s order by sampled_at limit %(rows)s
));

-- name: purge_session_checks
-- Checks of the session, but for the newest.
delete from session_checks
where ctid = any (array(select ctid from session_checks order by id limit %(rows)s)) and checked_at < %(before)s
    and id <> (select max(id) from session_checks);

-- name: purge_pace_admissions
-- Admissions that count towards no limit any more.
delete from pace_admissions
where ctid = any (array(select ctid from pace_admissions order by id limit %(rows)s)) and admitted_at < %(before)s;

-- name: purge_breaker_events
-- Transitions of the breakers.
delete from breaker_events
where ctid = any (array(select ctid from breaker_events order by id limit %(rows)s)) and happened_at < %(before)s;

-- name: purge_statement_timings
-- Timings of whole days.
delete from statement_timings where ctid = any (array(
    select ctid from statement_timings where day < (%(before)s::timestamptz)::date order by day limit %(rows)s
));

-- name: note_upkeep
-- Housekeeping was done.
insert into upkeep (task, done_at, report) values (%(task)s, %(now)s, %(report)s::jsonb);

-- name: last_upkeep
-- When a task was last done.
select done_at, done_at_real, report from upkeep where task = %(task)s order by id desc limit 1;

-- name: installed_at
-- When the first part of the schema was made, in real time.
select min(applied_at) as at from schema_migrations;

-- name: table_sizes
-- What each table of the product's and of Dagster's holds, the largest first; rows are the server's own estimate.
-- One that is kept in parts is told of as one.
select n.nspname || '.' || coalesce(w.relname, c.relname) as name,
    sum(pg_total_relation_size(c.oid))::bigint as bytes, sum(greatest(0, coalesce(s.n_live_tup, 0)))::bigint as rows
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_inherits i on i.inhrelid = c.oid
left join pg_class w on w.oid = i.inhparent
left join pg_stat_all_tables s on s.relid = c.oid
where n.nspname in ('xbot', 'dagster') and c.relkind in ('r', 'p')
group by 1
order by bytes desc, name;

-- name: purge_opportunities
-- Posts by others that were not answered. One that is so old is not found again: only fresh ones are taken.
delete from reply_opportunities where ctid = any (array(
    select o.ctid from reply_opportunities o
    where o.first_seen_at < %(before)s and o.state in ('filtered', 'expired', 'dismissed')
        and not exists (select from reply_suggestions s where s.x_post_id = o.x_post_id)
    order by o.first_seen_at limit %(rows)s
));

-- name: purge_opportunity_counts
-- Sizes of the pool.
delete from opportunity_counts
where ctid = any (array(select ctid from opportunity_counts order by counted_at limit %(rows)s))
    and counted_at < %(before)s;

-- name: purge_account_signals
-- Whom tracked accounts answered and quoted: it counts for nothing any more.
delete from account_signals where ctid = any (array(
    select ctid from account_signals where seen_at < %(before)s order by seen_at limit %(rows)s
));

-- name: purge_signal_sightings
-- What was told of others' posts, but for what was told last of a post that is still kept.
delete from signal_sightings where ctid = any (array(
    select g.ctid from signal_sightings g join signals s on s.id = g.signal_id
    where g.seen_at < %(before)s and g.seen_at < s.last_seen_at
    order by g.seen_at limit %(rows)s
));

-- name: purge_signals
-- What was not seen any more, but for posts that an insight in use rests on.
delete from signals where ctid = any (array(
    select s.ctid from signals s
    where s.last_seen_at < %(before)s and (s.x_post_id is null or not exists (
        select from (values ('expert'), ('competitor')) as k (kind)
        cross join lateral (
            select id from insights i where i.kind = k.kind and i.kept > 0 order by i.made_at desc limit 1
        ) used
        join insight_sentences t on t.insight_id = used.id and s.x_post_id = any (t.x_post_ids)
    ))
    order by s.last_seen_at limit %(rows)s
));

-- name: purge_insights
-- Answers of the model, but for those in use.
delete from insights where ctid = any (array(
    select i.ctid from insights i
    where i.made_at < %(before)s
        and i.id not in (select distinct on (kind) id from insights where kept > 0 order by kind, made_at desc)
    order by i.made_at limit %(rows)s
));

-- name: purge_signal_readings
-- What readings brought.
delete from signal_readings where ctid = any (array(
    select ctid from signal_readings where read_at < %(before)s order by read_at limit %(rows)s
));
