-- Dumping a database and putting a dump back.

-- name: export_snapshot
-- A name under which pg_dump sees exactly what this transaction sees.
select pg_export_snapshot() as snapshot, current_setting('server_version_num')::integer / 10000 as server_major;

-- name: dumped_tables
-- The tables of the product and of Dagster.
select n.nspname::text as schema, c.relname::text as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('xbot', 'dagster') and c.relkind = 'r'
order by 1, 2;

-- name: other_sessions
-- How many others use this database now.
select count(*) as sessions from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend';

-- name: server_major
-- The server's major version.
select current_setting('server_version_num')::integer / 10000 as server_major;
