-- The ledger of language-model calls.

-- name: record_llm_call
-- Store one call.
insert into llm_calls (
    purpose, model, prompt_version, outcome, failure_code, failure_reason, prompt_tokens, completion_tokens,
    cost_microusd, latency_ms, called_at, seed, model_version, budget_day, reservation_id, job, beside
)
values (
    %(purpose)s, %(model)s, %(prompt_version)s, %(outcome)s, %(failure_code)s, %(failure_reason)s,
    %(prompt_tokens)s, %(completion_tokens)s, %(cost_microusd)s, %(latency_ms)s, %(called_at)s, %(seed)s,
    %(model_version)s, %(budget_day)s, %(reservation_id)s, %(job)s, %(beside)s
)
returning id;

-- name: booked_call
-- The row of a call that was booked for a process thought dead.
select id, purpose, budget_day, cost_microusd from llm_calls where reservation_id = %(reservation_id)s for update;

-- name: correct_llm_call
-- Replace what was supposed about such a call by what became of it.
update llm_calls set
    outcome = %(outcome)s, failure_code = %(failure_code)s, failure_reason = %(failure_reason)s,
    prompt_tokens = %(prompt_tokens)s, completion_tokens = %(completion_tokens)s, cost_microusd = %(cost_microusd)s,
    latency_ms = %(latency_ms)s, model_version = %(model_version)s, job = %(job)s, beside = %(beside)s
where id = %(id)s;

-- name: spent_microusd
-- Money spent since a time.
select coalesce(sum(cost_microusd), 0)::bigint as spent from llm_calls where called_at >= %(since)s;

-- name: recent_calls
-- Calls, newest first.
select id, purpose, model, model_version, prompt_version, outcome, failure_code, failure_reason, prompt_tokens,
    completion_tokens, cost_microusd, latency_ms, called_at, seed, budget_day, reservation_id, job, beside
from llm_calls order by id desc limit %(limit)s;

-- name: call_groups
-- Calls since a time, counted by quarter of an hour (what every time zone is a multiple of) and all that tells them apart.
select date_bin('15 minutes', called_at, timestamptz 'epoch') as quarter, purpose, model, outcome = 'ok' as ok,
    reservation_id is not null as made, job, beside, count(*) as calls, sum(cost_microusd)::bigint as cost_microusd
from llm_calls where called_at >= %(since)s
group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2;

-- name: failures_by_code
-- Failed calls since a time by code, with those of them that were made and the newest reason.
select failure_code as code, outcome as kind, count(*) as calls, count(reservation_id) as made,
    sum(cost_microusd)::bigint as cost_microusd, max(called_at) as newest_at,
    (array_agg(failure_reason order by id desc))[1] as newest_reason
from llm_calls where called_at >= %(since)s and outcome <> 'ok'
group by 1, 2 order by 3 desc, 1;
