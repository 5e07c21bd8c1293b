-- The ledger of language-model calls.

-- name: record_llm_call
-- Store one call.
insert into llm_calls (
    purpose, model, prompt_version, outcome, failure_code, failure_reason, prompt_tokens, completion_tokens,
    cost_microusd, latency_ms, called_at
)
values (
    %(purpose)s, %(model)s, %(prompt_version)s, %(outcome)s, %(failure_code)s, %(failure_reason)s,
    %(prompt_tokens)s, %(completion_tokens)s, %(cost_microusd)s, %(latency_ms)s, %(called_at)s
)
returning id;

-- name: spent_microusd
-- Money spent since a time.
select coalesce(sum(cost_microusd), 0)::bigint as spent from llm_calls where called_at >= %(since)s;

-- name: recent_calls
-- Calls, newest first.
select id, purpose, model, prompt_version, outcome, failure_code, failure_reason, prompt_tokens,
    completion_tokens, cost_microusd, latency_ms, called_at
from llm_calls order by id desc limit %(limit)s;
