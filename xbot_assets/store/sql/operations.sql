-- Browser operations, in real time.

-- name: begin_operation
-- An operation is about to be sent.
insert into browser_operations (id, kind, lane, run_id, queued_at, requested_at)
values (%(id)s, %(kind)s, %(lane)s, %(run_id)s, coalesce(%(queued_at)s, %(now)s), %(now)s);

-- name: end_operation
-- An operation ended.
update browser_operations set
    started_at = %(started_at)s, ended_at = %(ended_at)s, slot = %(slot)s,
    outcome = %(outcome)s, failure_code = %(code)s, failure_reason = %(reason)s
where id = %(id)s and ended_at is null;

-- name: recent_operations
-- Operations since a time, newest first.
select id, kind, lane, run_id, queued_at, requested_at, started_at, ended_at, slot, outcome, failure_code, failure_reason
from browser_operations where queued_at >= %(since)s
order by queued_at desc, id;
