-- What is old is purged, in batches: what finds it, and a note of every time that housekeeping was done.

create table upkeep (
    -- Append-only: one row each time that old rows were purged, a backup was made or tried, the database looked at.
    id bigint generated always as identity primary key,
    task text not null check (task in ('purge', 'backup', 'restore_drill', 'database_check')),
    done_at timestamptz not null, -- product time
    done_at_real timestamptz not null default clock_timestamp(), -- real time
    report jsonb not null default '{}' check (jsonb_typeof(report) = 'object')
);
create index upkeep_newest on upkeep (task, id desc);

-- Readings are stored in the order of their times, so a block range index finds old ones at a thousandth of the size.
create index post_metrics_read_at on post_metrics using brin (read_at);
-- Whether a post still names the call, or the model, that is to be purged.
create index posts_llm_call on posts (llm_call_id) where llm_call_id is not null;
create index posts_bandit_version on posts (bandit_version_id) where bandit_version_id is not null;
create index posts_predictor_version on posts (predictor_version_id) where predictor_version_id is not null;
create index alert_outbox_alert on alert_outbox (alert_id);
