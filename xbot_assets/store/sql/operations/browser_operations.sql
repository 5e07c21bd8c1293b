-- Browser operations, in real time.

-- name: begin_operation
-- An operation is about to be sent.
insert into browser_operations (id, kind, lane, run_id, queued_at, requested_at)
values (%(id)s, %(kind)s, %(lane)s, %(run_id)s, coalesce(%(queued_at)s::timestamptz, %(now)s::timestamptz), %(now)s);

-- name: end_operation
-- An operation ended.
update browser_operations set
    started_at = %(started_at)s, ended_at = %(ended_at)s, slot = %(slot)s,
    outcome = %(outcome)s, failure_code = %(code)s, failure_reason = %(reason)s
where id = %(id)s and ended_at is null;

-- name: insert_queue_samples
-- Who waits for the browser now.
insert into browser_queue_samples (sampled_at, lane, waiting, oldest_seconds)
select %(now)s, r.lane, r.waiting, r.oldest_seconds
from jsonb_to_recordset(%(rows)s::jsonb) as r (lane text, waiting integer, oldest_seconds double precision)
on conflict do nothing;

-- name: queue_samples
-- Samples since a time, oldest first.
select sampled_at, lane, waiting, oldest_seconds from browser_queue_samples
where sampled_at >= %(since)s order by sampled_at, lane;

-- name: waits_by_lane
-- How long operations waited from being asked for to being started, by lane, since a time.
select lane, count(*) as operations,
    percentile_cont(0.5) within group (order by extract(epoch from started_at - queued_at)) as median_seconds,
    percentile_cont(0.95) within group (order by extract(epoch from started_at - queued_at)) as p95_seconds,
    max(extract(epoch from started_at - queued_at))::double precision as longest_seconds,
    avg(extract(epoch from started_at - queued_at))::double precision as mean_seconds,
    sum(extract(epoch from ended_at - started_at))::double precision as busy_seconds
from browser_operations
where queued_at >= %(since)s and started_at is not null and ended_at is not null
group by lane order by lane;

-- name: newest_operations
-- The operations that were asked for last, newest first.
select id, kind, lane, run_id, queued_at, requested_at, started_at, ended_at, slot, outcome, failure_code, failure_reason
from browser_operations
order by queued_at desc limit %(limit)s;

-- name: operations_under_way
-- Operations that were sent since a time and have not ended, oldest first.
select id, kind, lane, run_id, queued_at, requested_at, started_at, ended_at, slot, outcome, failure_code, failure_reason
from browser_operations where ended_at is null and requested_at >= %(since)s
order by requested_at limit %(limit)s;

-- name: newest_queue_samples
-- Who waited in each lane at the newest sample since a time.
select distinct on (lane) sampled_at, lane, waiting, oldest_seconds from browser_queue_samples
where sampled_at >= %(since)s order by lane, sampled_at desc;

-- name: lane_course
-- What operations of each lane waited and took, by steps of time, since a time; oldest first.
select date_bin(%(step)s, queued_at, 'epoch') as at, lane, count(*) as operations,
    avg(extract(epoch from started_at - queued_at))::double precision as waited_seconds,
    avg(extract(epoch from ended_at - started_at))::double precision as worked_seconds
from browser_operations
where queued_at >= %(since)s and started_at is not null and ended_at is not null
group by 1, 2 order by 1, 2;
