-- What the database is like, for the page about the system.

-- name: database_figures
-- How large it is, who is connected to it, and since when the server runs.
select pg_database_size(current_database()) as bytes,
    (select count(*) from pg_stat_activity where datname = current_database()) as connections,
    (select count(*) from pg_stat_activity where datname = current_database() and state = 'active') as active,
    pg_postmaster_start_time() as started_at,
    current_setting('server_version') as version;

-- name: costliest_statements
-- The statements that took most time in all since a day, by name.
select name, sum(calls)::bigint as calls, sum(total_ms) / greatest(1, sum(calls)) as mean_ms, max(max_ms) as max_ms,
    sum(slow_calls)::bigint as slow_calls
from statement_timings where day >= %(day)s::date
group by name order by sum(total_ms) desc limit %(limit)s;
