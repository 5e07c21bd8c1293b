-- Model versions and champions.

-- name: lock_model_versions
-- One new version of a kind at a time. Its own statement, so that the next one sees the version before it.
select pg_advisory_xact_lock(hashtext('xbot model versions ' || %(kind)s::text));

-- name: insert_model_version
-- Store a model under the next number of its kind.
insert into model_versions (kind, version, parameters, evaluation, outcomes_used, trained_at)
select %(kind)s, coalesce(max(version), 0) + 1, %(parameters)s::jsonb, %(evaluation)s::jsonb,
    %(outcomes_used)s, %(now)s
from model_versions where kind = %(kind)s
returning id, kind, version, parameters, evaluation, outcomes_used, trained_at;

-- name: champion
-- The champion of a kind.
select v.id, v.kind, v.version, v.parameters, v.evaluation, v.outcomes_used, v.trained_at
from champions c join model_versions v on v.id = c.version_id
where c.kind = %(kind)s;

-- name: champion_seat
-- Which version is the champion of a kind, without its parameters.
select v.id, v.trained_at from champions c join model_versions v on v.id = c.version_id where c.kind = %(kind)s;

-- name: promote
-- Make a version the champion and note it, together.
with promoted as (
    insert into champions (kind, version_id, promoted_at, reason)
    select kind, id, %(now)s, %(reason)s from model_versions where id = %(id)s and kind = %(kind)s
    on conflict (kind) do update set
        version_id = excluded.version_id, promoted_at = excluded.promoted_at, reason = excluded.reason
    returning kind, version_id, promoted_at, reason
)
insert into champion_events (kind, version_id, promoted_at, reason, verdict, evidence)
select kind, version_id, promoted_at, reason, %(verdict)s, %(evidence)s::jsonb from promoted
returning id;

-- name: model_versions
-- Versions of a kind, newest first.
select id, kind, version, parameters, evaluation, outcomes_used, trained_at
from model_versions where kind = %(kind)s
order by version desc limit %(limit)s;

-- name: champion_events
-- Decisions about champions, newest first.
select e.kind, v.version, e.version_id, e.promoted_at, e.reason, e.verdict, e.evidence
from champion_events e join model_versions v on v.id = e.version_id
order by e.id desc limit %(limit)s;
