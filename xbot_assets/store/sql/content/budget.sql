-- The day's budget: reserved before a call, settled after it. One row a day is what every process updates.

-- name: open_budget_day
-- Make the day's row; calls booked before there were budget days count as spent.
insert into budget_days (day, spent_microusd)
select %(day)s, coalesce(
    (select sum(cost_microusd) from llm_calls
        where budget_day is null and called_at >= %(starts)s and called_at < %(ends)s), 0)
where not exists (select from budget_days where day = %(day)s)
on conflict (day) do nothing;

-- name: reserve_budget
-- Put the worst case aside if it fits beside what is spent, reserved and kept for other purposes.
with taken as (
    update budget_days set
        reserved_microusd = reserved_microusd + %(amount)s,
        used_by_purpose = jsonb_set(
            used_by_purpose,
            array[%(purpose)s],
            to_jsonb(coalesce((used_by_purpose ->> %(purpose)s)::bigint, 0) + %(amount)s::bigint)
        )
    where day = %(day)s
        and spent_microusd + reserved_microusd + %(amount)s + (
            select coalesce(sum(greatest(0, least(
                g.total - coalesce((used_by_purpose ->> g.purpose)::bigint, 0), g.ahead))), 0)
            from jsonb_to_recordset(%(guarantees)s::jsonb) as g (purpose text, total bigint, ahead bigint)
            where g.purpose <> %(purpose)s
        ) <= %(budget)s
    returning day
)
insert into budget_reservations (
    day, purpose, model, prompt_version, prompt_tokens, completion_tokens, amount_microusd, seed, called_at,
    lease_until
)
select day, %(purpose)s, %(model)s, %(prompt_version)s, %(prompt_tokens)s, %(completion_tokens)s, %(amount)s,
    %(seed)s::bigint, %(called_at)s, clock_timestamp() + %(lease)s::interval
from taken
returning id;

-- name: budget_day_account
-- What a day has spent and reserved.
select spent_microusd as spent, reserved_microusd as reserved, used_by_purpose from budget_days where day = %(day)s;

-- name: note_reservation_sent
-- The request goes out next: from now on it may be billed. The lease begins anew.
update budget_reservations set sent = true, lease_until = clock_timestamp() + %(lease)s::interval where id = %(id)s;

-- name: end_reservation
-- Take a reservation away for its settlement.
delete from budget_reservations where id = %(id)s returning day, purpose, amount_microusd;

-- name: take_dead_reservation
-- Take away one reservation whose lease ran out.
delete from budget_reservations where id = (
    select id from budget_reservations where lease_until <= clock_timestamp()
    order by lease_until limit 1 for update skip locked
)
returning id, day, purpose, model, prompt_version, prompt_tokens, completion_tokens, amount_microusd, seed, called_at,
    sent;

-- name: move_budget
-- Turn what was reserved into what was spent, and give back the rest.
update budget_days set
    reserved_microusd = reserved_microusd - %(reserved)s,
    spent_microusd = spent_microusd + %(spent)s,
    used_by_purpose = jsonb_set(
        used_by_purpose,
        array[%(purpose)s],
        to_jsonb(coalesce((used_by_purpose ->> %(purpose)s)::bigint, 0) + %(spent)s::bigint - %(reserved)s::bigint)
    )
where day = %(day)s;

-- name: spend_rest_of_day
-- What is left of a day's budget counts as spent.
update budget_days set spent_microusd = greatest(spent_microusd, %(budget)s::bigint - reserved_microusd)
where day = %(day)s;
