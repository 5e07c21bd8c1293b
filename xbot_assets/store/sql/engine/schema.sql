-- The schema's own history. Fully qualified: these also run before the schema exists.

-- name: lock_migrations
-- Let one process migrate at a time; the lock ends with the connection.
select pg_advisory_lock(hashtext('xbot migrations'));

-- name: create_product_schema
-- The schema of every product table.
create schema if not exists xbot;

-- name: create_dagster_schema
-- An empty schema for Dagster's own storage.
create schema if not exists dagster;

-- name: create_schema_migrations
-- The list of what was applied.
create table if not exists xbot.schema_migrations (
    version integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now() -- real time
);

-- name: schema_migrations_exist
-- Whether anything was ever applied.
select to_regclass('xbot.schema_migrations') is not null as present;

-- name: applied_migrations
-- What was applied, in order.
select version, name, checksum from xbot.schema_migrations order by version;

-- name: record_migration
-- Note one applied migration, in its own transaction with it.
insert into xbot.schema_migrations (version, name, checksum)
values (%(version)s, %(name)s, %(checksum)s);
