-- The breaker. Every statement is guarded by the state and the token it leaves: of many at once, one row lock lets one
-- through, and the others see its result. Real time throughout, on the server's clock.

-- name: breaker_seen
-- The state of a breaker; when something may be tried again; how long it has not been closed.
select name, state, fencing_token, failures, successes, stopped_at, retry_at, probe_holder, probe_until, reason,
    coalesce(probe_until, retry_at, clock_timestamp()) as try_at,
    coalesce(probe_until, retry_at) > clock_timestamp() as must_wait,
    clock_timestamp() - stopped_at as stopped_for
from breakers where name = %(name)s;

-- name: take_probe
-- open or half-open -> half-open with the one probe, if its time has come and no live prober has it.
with due as (
    select name, state, probe_holder from breakers
    where name = %(name)s and (
        (state = 'open' and retry_at <= clock_timestamp())
        or (state = 'half_open' and coalesce(probe_until <= clock_timestamp(), true))
    )
    for update
), taken as (
    update breakers b set
        state = 'half_open', fencing_token = b.fencing_token + 1, retry_at = null,
        successes = case when due.probe_holder is null then b.successes else 0 end,
        probe_holder = %(holder)s, probe_until = clock_timestamp() + %(lease)s
    from due where b.name = due.name
    returning b.name, b.fencing_token, b.probe_until, due.state as from_state, due.probe_holder as lost_holder
), noted as (
    insert into breaker_events (name, event, from_state, to_state, fencing_token, happened_at, holder, reason)
    select name, event, from_state, 'half_open', token, clock_timestamp(), who, why
    from (
        select 1 as place, name, 'probe_lost' as event, from_state, fencing_token - 1 as token, lost_holder as who,
            'The prober was not heard of in time.' as why
        from taken where lost_holder is not null
        union all
        select 2, name, 'probe_given', from_state, fencing_token, %(holder)s, 'Its time had come.' from taken
    ) events
    order by place
)
select fencing_token, probe_until from taken;

-- name: count_failure
-- closed -> closed with one failure more, or open when they are enough.
with counted as (
    update breakers b set
        failures = b.failures + 1,
        state = case when b.failures + 1 >= %(limit)s then 'open' else 'closed' end,
        fencing_token = b.fencing_token + case when b.failures + 1 >= %(limit)s then 1 else 0 end,
        stopped_at = case when b.failures + 1 >= %(limit)s then clock_timestamp() end,
        retry_at = case when b.failures + 1 >= %(limit)s then clock_timestamp() + %(reset)s end,
        reason = %(reason)s
    where b.name = %(name)s and b.state = 'closed' and b.fencing_token = %(token)s
    returning b.name, b.state, b.fencing_token
), noted as (
    insert into breaker_events (name, event, from_state, to_state, fencing_token, happened_at, holder, reason)
    select name, 'opened', 'closed', 'open', fencing_token, clock_timestamp(), %(holder)s, %(reason)s
    from counted where state = 'open'
)
select state from counted;

-- name: forget_failures
-- closed: a success ends the run of failures.
update breakers set failures = 0, reason = ''
where name = %(name)s and state = 'closed' and fencing_token = %(token)s and failures > 0;

-- name: probe_failed
-- half-open -> open, by the holder of the probe.
with moved as (
    update breakers set
        state = 'open', fencing_token = fencing_token + 1, successes = 0, reason = %(reason)s,
        retry_at = clock_timestamp() + %(reset)s, probe_holder = null, probe_until = null
    where name = %(name)s and state = 'half_open' and fencing_token = %(token)s and probe_holder is not null
    returning name, state, fencing_token
), noted as (
    insert into breaker_events (name, event, from_state, to_state, fencing_token, happened_at, holder, reason)
    select name, 'opened', 'half_open', 'open', fencing_token, clock_timestamp(), %(holder)s, %(reason)s from moved
)
select state from moved;

-- name: probe_succeeded
-- half-open -> half-open without a probe, or closed when the successes are enough; by the holder of the probe.
with moved as (
    update breakers b set
        successes = case when b.successes + 1 >= %(needed)s then 0 else b.successes + 1 end,
        state = case when b.successes + 1 >= %(needed)s then 'closed' else 'half_open' end,
        fencing_token = b.fencing_token + 1,
        failures = case when b.successes + 1 >= %(needed)s then 0 else b.failures end,
        stopped_at = case when b.successes + 1 >= %(needed)s then null else b.stopped_at end,
        probe_holder = null, probe_until = null
    where b.name = %(name)s and b.state = 'half_open' and b.fencing_token = %(token)s and b.probe_holder is not null
    returning b.name, b.state, b.fencing_token
), noted as (
    insert into breaker_events (name, event, from_state, to_state, fencing_token, happened_at, holder, reason)
    select name, 'closed', 'half_open', 'closed', fencing_token, clock_timestamp(), %(holder)s,
        %(needed)s::text || ' probes in a row succeeded.'
    from moved where state = 'closed'
)
select state from moved;

-- name: give_probe_back
-- half-open: the holder did not use the probe.
update breakers set fencing_token = fencing_token + 1, probe_holder = null, probe_until = null
where name = %(name)s and state = 'half_open' and fencing_token = %(token)s and probe_holder is not null;

-- name: lose_probe
-- half-open: the holder of the probe is known to be dead; nobody waits for the end of its time.
with held as (
    select name, probe_holder, fencing_token from breakers
    where name = %(name)s and state = 'half_open' and probe_holder = %(dead)s
    for update
), moved as (
    update breakers b set
        fencing_token = b.fencing_token + 1, successes = 0, probe_holder = null, probe_until = null
    from held where b.name = held.name
    returning b.name, held.probe_holder, held.fencing_token
)
insert into breaker_events (name, event, from_state, to_state, fencing_token, happened_at, holder, reason)
select name, 'probe_lost', 'half_open', 'half_open', fencing_token, clock_timestamp(), probe_holder,
    'The prober has died.'
from moved;

-- name: breaker_events_of
-- The history of a breaker, oldest first.
select event, from_state, to_state, fencing_token, happened_at, holder, reason
from breaker_events where name = %(name)s order by id;
