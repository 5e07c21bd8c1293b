-- The pace of publishing: limits, the adaptive rate, and the breaker that all processes share.

create table pace_rates (
    -- One row a kind. Whoever admits or observes locks all of them first, so there is one decision at a time.
    kind text primary key check (kind in ('post', 'reply')),
    rate double precision check (rate > 0 and rate < 'Infinity'), -- an hour; null: nothing was observed yet
    successes integer not null default 0 check (successes >= 0),
    failures integer not null default 0 check (failures >= 0),
    paused_until timestamptz,
    pause_reason text not null default '',
    -- Hour 0 to 23 on the owner's clock; null: every hour is an ordinary one.
    hour_weights double precision[] check (
        array_ndims(hour_weights) = 1 and cardinality(hour_weights) = 24
        and array_position(hour_weights, null) is null
        and 0 < all (hour_weights) and 'Infinity' > all (hour_weights)
    ),
    check ((paused_until is null) = (pause_reason = ''))
);
insert into pace_rates (kind) values ('post'), ('reply');

create table pace_changes (
    -- Append-only: every change of a rate or a pause.
    id bigint generated always as identity primary key,
    kind text not null references pace_rates (kind),
    changed_at timestamptz not null,
    outcome text not null,
    rate_before double precision not null,
    rate_after double precision not null,
    paused_until timestamptz
);

create table pace_admissions (
    -- What was admitted and is not a row of posts: posts in hand or on X count by themselves.
    id bigint generated always as identity primary key,
    kind text not null references pace_rates (kind),
    admitted_at timestamptz not null,
    released_at timestamptz -- it is certain that X was not asked
);
create index pace_admissions_counted on pace_admissions (kind, admitted_at) where released_at is null;

create table breakers (
    -- Real time throughout, on the server's clock: a prober's life is real.
    name text primary key,
    state text not null default 'closed' check (state in ('closed', 'open', 'half_open')),
    -- Grows with every transition and every probe; whoever reports under an older one is not heard.
    fencing_token bigint not null default 0,
    failures integer not null default 0 check (failures >= 0),
    successes integer not null default 0 check (successes >= 0),
    stopped_at timestamptz, -- when it was last closed
    retry_at timestamptz,
    probe_holder text,
    probe_until timestamptz,
    reason text not null default '',
    check ((state = 'closed') = (stopped_at is null)),
    check ((state = 'open') = (retry_at is not null)),
    check ((probe_holder is null) = (probe_until is null)),
    check (probe_holder is null or state = 'half_open')
);
insert into breakers (name) values ('publishing');

create table breaker_events (
    -- Append-only, real time: every transition, every probe given and lost.
    id bigint generated always as identity primary key,
    name text not null references breakers (name),
    event text not null check (event in ('opened', 'probe_given', 'probe_lost', 'closed')),
    from_state text not null,
    to_state text not null,
    fencing_token bigint not null,
    happened_at timestamptz not null,
    holder text,
    reason text not null
);
create index breaker_events_newest on breaker_events (name, id);
