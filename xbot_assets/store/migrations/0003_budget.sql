-- The budget as a wall: reservations, the day they belong to, and holds on the API. Amounts are millionths of a US dollar.

alter table llm_calls
    add column seed bigint,
    add column model_version text,
    -- The owner's day that the call was booked in; null for a call that was refused before it was made.
    add column budget_day date,
    -- Kept after the reservation ended: a call that is settled late corrects its row instead of adding one.
    add column reservation_id bigint unique;

create table budget_days (
    -- One row a day holds all that the wall looks at, so that one update can check and reserve.
    day date primary key,
    spent_microusd bigint not null default 0 check (spent_microusd >= 0),
    reserved_microusd bigint not null default 0 check (reserved_microusd >= 0),
    -- Purpose -> spent plus reserved.
    used_by_purpose jsonb not null default '{}'
);

create table budget_reservations (
    id bigint generated always as identity primary key,
    day date not null references budget_days (day),
    purpose text not null,
    model text not null,
    prompt_version text not null,
    prompt_tokens integer not null,
    completion_tokens integer not null,
    amount_microusd bigint not null check (amount_microusd >= 0),
    seed bigint,
    called_at timestamptz not null,
    sent boolean not null default false,
    lease_until timestamptz not null -- real time: a lease measures a process's life
);
create index budget_reservations_lease on budget_reservations (lease_until);

create table api_holds (
    -- One row per API account that must be left alone, gone when it works again.
    account text primary key,
    code text not null,
    reason text not null,
    remedy text not null,
    held_until timestamptz not null,
    probed boolean not null,
    probe_lease_until timestamptz -- real time
);
