-- The first product schema. Times are timestamptz on the product's clock unless a comment says "real time".
-- Dagster's own tables live in the schema "dagster" of the same database and are not touched here.

create table product_clock (
    -- One row: the line from real to product time (domain/clock.py). Absent means real time.
    only_row boolean primary key default true check (only_row),
    real_anchor timestamptz not null,
    product_anchor timestamptz not null,
    rate double precision not null check (rate > 0)
);

create table llm_calls (
    id bigint generated always as identity primary key,
    purpose text not null,
    model text not null,
    prompt_version text not null,
    outcome text not null check (outcome in ('ok', 'permanent', 'budget', 'transient', 'unknown')),
    failure_code text,
    failure_reason text,
    prompt_tokens integer not null default 0 check (prompt_tokens >= 0),
    completion_tokens integer not null default 0 check (completion_tokens >= 0),
    cost_microusd bigint not null default 0 check (cost_microusd >= 0),
    latency_ms integer not null check (latency_ms >= 0),
    called_at timestamptz not null
);
create index llm_calls_called_at on llm_calls (called_at);

create table model_versions (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('bandit', 'predictor')),
    version integer not null check (version > 0),
    parameters jsonb not null,
    evaluation jsonb not null,
    outcomes_used integer not null check (outcomes_used >= 0),
    trained_at timestamptz not null,
    unique (kind, version)
);

create table champions (
    kind text primary key check (kind in ('bandit', 'predictor')),
    version_id bigint not null references model_versions (id),
    promoted_at timestamptz not null,
    reason text not null
);

create table champion_events (
    -- Append-only: every promotion with its reason.
    id bigint generated always as identity primary key,
    kind text not null,
    version_id bigint not null references model_versions (id),
    promoted_at timestamptz not null,
    reason text not null
);

create table posts (
    id bigint generated always as identity primary key,
    status text not null default 'queued' check (
        status in ('queued', 'claimed', 'armed', 'published', 'unconfirmed', 'failed', 'shadowed')
    ),
    text text not null check (text <> ''),
    fingerprint text not null,
    topic text not null,
    format text not null,
    features jsonb not null default '{}',
    source text not null default 'llm' check (source in ('llm', 'manual')),
    bandit_version_id bigint references model_versions (id),
    predictor_version_id bigint references model_versions (id),
    propensity double precision check (propensity > 0 and propensity <= 1),
    predicted_reward double precision,
    llm_call_id bigint references llm_calls (id),
    scheduled_at timestamptz not null,
    planned_at timestamptz not null,
    -- The fence: who holds the post, until when, and a token that only grows (DESIGN of publishing).
    fencing_token bigint not null default 0,
    claimed_by text,
    claimed_at timestamptz,
    lease_until timestamptz, -- real time: a lease measures a worker's life
    armed_at timestamptz,
    x_post_id text unique,
    permalink text,
    published_at timestamptz,
    looks integer not null default 0 check (looks >= 0),
    looked_at timestamptz,
    -- When its metrics were last asked for (read or missed), and last read.
    metrics_looked_at timestamptz,
    metrics_read_at timestamptz,
    failure_kind text,
    failure_code text,
    failure_reason text,
    check ((status in ('claimed', 'armed')) <= (lease_until is not null)),
    check ((status in ('armed', 'unconfirmed')) <= (armed_at is not null)),
    check ((status = 'published') = (x_post_id is not null)),
    check ((status = 'published') = (published_at is not null))
);
create index posts_due on posts (scheduled_at, id) where status = 'queued';
create index posts_in_hand on posts (lease_until) where status in ('claimed', 'armed', 'unconfirmed');
create index posts_published_at on posts (published_at) where status = 'published';
create index posts_planned_at on posts (planned_at);
-- Spacing and the daily cap look at the newest of these.
create index posts_submitted_at on posts (greatest(armed_at, published_at));
-- The second lock on the door: a claim that races another one cannot be stored.
create unique index posts_one_in_hand on posts ((true)) where status in ('claimed', 'armed');
create index posts_to_measure on posts (metrics_looked_at nulls first) where status = 'published';
create unique index posts_one_open_text on posts (fingerprint)
    where status in ('queued', 'claimed', 'armed', 'unconfirmed');

create table post_events (
    -- Append-only: one row per state change.
    id bigint generated always as identity primary key,
    post_id bigint not null references posts (id),
    from_status text,
    to_status text not null,
    fencing_token bigint not null,
    happened_at timestamptz not null,
    note text not null default ''
);
create index post_events_post on post_events (post_id, id);

create table post_metrics (
    id bigint generated always as identity primary key,
    post_id bigint not null references posts (id),
    x_post_id text not null,
    read_at timestamptz not null,
    age_seconds double precision not null check (age_seconds >= 0),
    replies bigint not null check (replies >= 0),
    reposts bigint not null check (reposts >= 0),
    likes bigint not null check (likes >= 0),
    bookmarks bigint not null check (bookmarks >= 0),
    views bigint check (views >= 0),
    label text not null
);
create index post_metrics_latest on post_metrics (post_id, read_at desc);

create table metric_misses (
    -- A post that was asked for and not read, with the reason: never a row of nulls.
    id bigint generated always as identity primary key,
    post_id bigint not null references posts (id),
    missed_at timestamptz not null,
    why text not null check (why in ('gone', 'unread')),
    reason text not null
);
create index metric_misses_latest on metric_misses (post_id, missed_at desc);

create table account_metrics (
    id bigint generated always as identity primary key,
    handle text not null,
    read_at timestamptz not null,
    followers bigint not null check (followers >= 0),
    following bigint not null check (following >= 0),
    posts bigint not null check (posts >= 0),
    exact boolean not null
);
create index account_metrics_latest on account_metrics (handle, read_at desc);

create table engagement_outcomes (
    -- One row per post: the reading that counts for learning, and the reward made from it.
    post_id bigint primary key references posts (id),
    metrics_id bigint not null references post_metrics (id),
    reward double precision not null check (reward >= 0 and reward <= 1),
    computed_at timestamptz not null
);

create table browser_operations (
    -- Real time throughout: this is the evidence for who waited for whom.
    id uuid primary key,
    kind text not null,
    lane text not null check (lane in ('critical', 'high', 'low')),
    run_id text,
    -- When the work was asked for: the creation of the run, for its first operation. Then when it was sent to the host.
    queued_at timestamptz not null,
    requested_at timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    slot integer,
    outcome text check (outcome in ('ok', 'permanent', 'budget', 'transient', 'unknown')),
    failure_code text,
    failure_reason text
);
create index browser_operations_queued on browser_operations (queued_at);

create table alerts (
    id bigint generated always as identity primary key,
    key text not null,
    severity text not null check (severity in ('info', 'warning', 'critical')),
    reason text not null,
    remedy text not null,
    raised_at timestamptz not null,
    last_seen_at timestamptz not null,
    times_seen integer not null default 1 check (times_seen > 0),
    resolved_at timestamptz
);
create unique index alerts_one_open on alerts (key) where resolved_at is null;

create table alert_outbox (
    -- Written in the same statement as the alert; a sender drains it, so a dead channel loses nothing.
    id bigint generated always as identity primary key,
    alert_id bigint not null references alerts (id),
    event text not null check (event in ('raised', 'resolved')),
    created_at timestamptz not null,
    sent_at timestamptz,
    attempts integer not null default 0,
    last_error text
);
create index alert_outbox_waiting on alert_outbox (id) where sent_at is null;

create table statement_timings (
    -- Real time. One row per statement and day, added to when a process closes its database.
    name text not null,
    day date not null,
    calls bigint not null,
    total_ms double precision not null,
    max_ms double precision not null,
    slow_calls bigint not null,
    primary key (name, day)
);
