-- What gates compare with, and what they judged.

-- name: judged_against
-- Texts of a stretch of time that a new post must not repeat, imported ones included; pooled ones only when asked for.
(
    select text from posts
    where coalesce(published_at, planned_at) >= %(since)s
        and status not in ('failed', 'retired')
        and (%(with_pool)s or status <> 'emergency_pool')
    order by coalesce(published_at, planned_at) desc limit %(limit)s
)
union all
(
    select text from post_history where created_at >= %(since)s and in_reply_to is null
    order by created_at desc limit %(limit)s
);

-- name: insert_judgements
-- Store judgements in order.
insert into post_judgements (judged_at, text, topic, format, purpose, model, gate, reason)
select r.judged_at, r.text, r.topic, r.format, r.purpose, r.model, r.gate, r.reason
from jsonb_to_recordset(%(rows)s::jsonb) as r (
    position integer, judged_at timestamptz, text text, topic text, format text, purpose text, model text,
    gate text, reason text
)
order by r.position;

-- name: judgements_by_day
-- How many texts of each UTC day passed (no gate) or were refused, by gate.
select date_trunc('day', judged_at, 'UTC') as day, gate, count(*) as texts
from post_judgements where judged_at >= %(since)s
group by 1, 2 order by 1, 2 nulls first;

-- name: recent_refusals
-- The newest refused texts.
select judged_at, gate, reason, purpose, model, topic, format, text
from post_judgements where gate is not null
order by id desc limit %(limit)s;
