-- What the database layer keeps about itself.

-- name: add_statement_timings
-- Add one process's timings to the day's totals.
insert into statement_timings as t (name, day, calls, total_ms, max_ms, slow_calls)
select r.name, %(day)s::date, r.calls, r.total_ms, r.max_ms, r.slow_calls
from jsonb_to_recordset(%(rows)s::jsonb)
    as r (name text, calls bigint, total_ms double precision, max_ms double precision, slow_calls bigint)
order by r.name
on conflict (name, day) do update set
    calls = t.calls + excluded.calls,
    total_ms = t.total_ms + excluded.total_ms,
    max_ms = greatest(t.max_ms, excluded.max_ms),
    slow_calls = t.slow_calls + excluded.slow_calls;

-- name: statement_timings_since
-- Timings from a day on, costliest first.
select name, sum(calls)::bigint as calls, sum(total_ms) as total_ms, max(max_ms) as max_ms,
    sum(slow_calls)::bigint as slow_calls
from statement_timings where day >= %(day)s::date
group by name order by total_ms desc;

-- name: database_answers
-- The cheapest question there is.
select 1 as one;

-- name: session_seen
-- Which server process answers, and what was set in it.
select pg_backend_pid() as pid, coalesce(current_setting('xbot.session', true), '') as mark,
    current_setting('search_path') as search_path;

-- name: mark_session
-- Leave a mark in the server process that answers.
select set_config('xbot.session', %(mark)s::text, false);

-- name: database_sessions
-- Connections to this database, by what they do.
select coalesce(state, 'other') as state, count(*) as sessions,
    coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::double precision as longest_seconds
from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
group by 1 order by 1;

-- name: connections_allowed
-- Most connections that the server takes of ordinary roles.
select current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
    as connections,
    (select count(*) from pg_stat_activity where backend_type = 'client backend') as taken;

-- name: leaked_sessions
-- Connections that hold a transaction open and do nothing, for longer than any of ours may.
select pid, application_name, extract(epoch from clock_timestamp() - state_change)::double precision as idle_seconds
from pg_stat_activity
where datname = current_database() and state in ('idle in transaction', 'idle in transaction (aborted)')
    and state_change < clock_timestamp() - %(longer)s::interval
order by state_change;
