-- Alerts and their outbox.

-- name: raise_alert
-- Raise or count an alert; a new one gets its notice in the same statement.
with raised as (
    insert into alerts as a (key, severity, reason, remedy, raised_at, last_seen_at)
    values (%(key)s, %(severity)s, %(reason)s, %(remedy)s, %(now)s, %(now)s)
    on conflict (key) where resolved_at is null do update set
        times_seen = a.times_seen + 1,
        last_seen_at = greatest(a.last_seen_at, excluded.last_seen_at),
        severity = case
            when array_position(array['info', 'warning', 'critical'], excluded.severity)
                > array_position(array['info', 'warning', 'critical'], a.severity)
            then excluded.severity else a.severity
        end,
        reason = excluded.reason,
        remedy = excluded.remedy
    returning id, times_seen = 1 as is_new
), noticed as (
    insert into alert_outbox (alert_id, event, created_at)
    select id, 'raised', %(now)s from raised where is_new
)
select is_new from raised;

-- name: raise_alert_once
-- Raise an alert with its notice; an open one is left as it is.
with raised as (
    insert into alerts (key, severity, reason, remedy, raised_at, last_seen_at)
    values (%(key)s, %(severity)s, %(reason)s, %(remedy)s, %(now)s, %(now)s)
    on conflict (key) where resolved_at is null do nothing
    returning id
), noticed as (
    insert into alert_outbox (alert_id, event, created_at)
    select id, 'raised', %(now)s from raised
)
select true as is_new from raised;

-- name: resolve_alert
-- Close the open alert of a key and queue the notice.
with resolved as (
    update alerts set resolved_at = %(now)s where key = %(key)s and resolved_at is null returning id
)
insert into alert_outbox (alert_id, event, created_at)
select id, 'resolved', %(now)s from resolved;

-- name: resolve_alerts_of_entry
-- Close every open alert whose key begins so, but for some, and queue the notices.
with resolved as (
    update alerts set resolved_at = %(now)s
    where starts_with(key, %(prefix)s) and resolved_at is null and not key = any(%(kept)s::text[]) returning id
)
insert into alert_outbox (alert_id, event, created_at)
select id, 'resolved', %(now)s from resolved;

-- name: acknowledge_alert
-- Close the open alert of a key by a person's word, and queue the notice.
with resolved as (
    update alerts set resolved_at = %(now)s, acknowledged_by = %(who)s
    where key = %(key)s and resolved_at is null returning id
)
insert into alert_outbox (alert_id, event, created_at)
select id, 'resolved', %(now)s from resolved;

-- name: open_alerts
-- Open alerts, gravest first.
select id, key, severity, reason, remedy, raised_at, last_seen_at, times_seen
from alerts where resolved_at is null
order by array_position(array['critical', 'warning', 'info'], severity), raised_at, id;

-- name: notices_for_channel
-- Notices that a channel has not taken and may be tried with now, oldest first.
select o.id, o.event, o.created_at, coalesce(d.attempts, 0) as attempts, a.key, a.severity, a.reason, a.remedy
from alert_outbox o join alerts a on a.id = o.alert_id
left join alert_deliveries d on d.notice_id = o.id and d.channel = %(channel)s
where o.sent_at is null and d.sent_at is null
    and (d.next_attempt_at is null or d.next_attempt_at <= clock_timestamp())
order by o.id limit %(limit)s;

-- name: claim_notices
-- Take notices for one attempt; of two senders each notice goes to one.
insert into alert_deliveries as d (notice_id, channel, next_attempt_at)
select id, %(channel)s, clock_timestamp() + %(attempt_within)s::interval
from unnest(%(ids)s::bigint[]) as given (id)
on conflict (notice_id, channel) do update set next_attempt_at = excluded.next_attempt_at
    where d.sent_at is null and (d.next_attempt_at is null or d.next_attempt_at <= clock_timestamp())
returning notice_id;

-- name: note_delivered
-- A channel took the notices.
update alert_deliveries set sent_at = clock_timestamp(), attempts = attempts + 1, last_error = null
where channel = %(channel)s and notice_id = any(%(ids)s::bigint[]);

-- name: note_refused
-- A channel did not take the notices; they wait for their next attempt.
update alert_deliveries set
    attempts = attempts + 1, last_error = %(error)s, next_attempt_at = clock_timestamp() + %(pause)s::interval
where channel = %(channel)s and notice_id = any(%(ids)s::bigint[]) and sent_at is null;

-- name: close_notices
-- Notices that every channel took are done; without a channel all are: nobody is there to be told.
update alert_outbox o set sent_at = %(now)s
where o.sent_at is null and not exists (
    select from unnest(%(channels)s::text[]) as asked (channel)
    where not exists (
        select from alert_deliveries d
        where d.notice_id = o.id and d.channel = asked.channel and d.sent_at is not null
    )
);

-- name: channel_state
-- What a channel took last, and what it refuses.
select (select max(sent_at) from alert_deliveries where channel = %(channel)s) as sent_at,
    (select count(*) from alert_deliveries where channel = %(channel)s and sent_at is null) as waiting,
    (
        select last_error from alert_deliveries where channel = %(channel)s and sent_at is null
        order by next_attempt_at desc limit 1
    ) as last_error;

-- name: alert_counts
-- How many alerts of each severity are open, and how many notices wait for a channel.
select s.severity, count(a.id) as alerts
from unnest(array['critical', 'warning', 'info']) as s (severity)
left join alerts a on a.severity = s.severity and a.resolved_at is null
group by s.severity order by s.severity;

-- name: notices_waiting
-- How many notices wait for a channel.
select count(*) as notices from alert_outbox where sent_at is null;
