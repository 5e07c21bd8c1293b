-- Posts that wait for a person, and what people decided. Every decision is a row of post_events: who, when, why.

-- name: held_count
-- How many posts wait for a person.
select count(*) as posts from posts where status = 'held';

-- name: held_posts
-- Posts that wait for a person, soonest due first, with why; the segments of a thread one after the other.
select p.id, p.status, p.text, p.fingerprint, p.topic, p.format, p.source, p.scheduled_at, p.planned_at,
    p.reply_to_x_id, p.reply_to_handle, p.predicted_reward, e.note as held_because,
    p.thread_id, p.segment, (select count(*) from posts where thread_id = p.thread_id) as segments,
    (select count(*) from post_media where post_id = p.id) as images
from posts p
left join lateral (
    select note from post_events where post_id = p.id and to_status = 'held' and decision is null
    order by id desc limit 1
) e on true
where p.status = 'held'
order by p.scheduled_at, coalesce(p.thread_id, p.id), p.segment;

-- name: post_to_decide
-- One post in any state, for showing it.
select id, status, text, fingerprint, topic, format, source, scheduled_at, planned_at, reply_to_x_id,
    reply_to_handle, predicted_reward, approved_by, approved_at, failure_reason,
    thread_id, segment, (select count(*) from posts t where t.thread_id = p.thread_id) as segments,
    (select count(*) from post_media where post_id = p.id) as images
from posts p where id = %(id)s;

-- name: lock_post_to_decide
-- One post; whoever else decides waits until this transaction ends.
select id, status, text, fingerprint, topic, format, features, scheduled_at, segment
from posts where id = %(id)s for update;

-- name: lock_thread_to_decide
-- A post with all that waits of its thread, in order; whoever else decides waits until this transaction ends.
select id, status, text, fingerprint, topic, format, features, scheduled_at, segment, thread_id
from posts
where id = %(id)s or (
    thread_id = (select thread_id from posts where id = %(id)s) and status in ('held', 'queued')
)
order by coalesce(segment, 0) for update;

-- name: last_decision
-- The newest decision about a post.
select decision, actor, happened_at from post_events
where post_id = %(id)s and decision is not null order by id desc limit 1;

-- name: approve_post
-- held -> queued, with the text that was approved; a post that is late by then is due now.
with moved as (
    update posts set
        status = 'queued', scheduled_at = %(at)s, slot_at = null, features = %(features)s::jsonb,
        predicted_reward = case when scheduled_at = %(at)s then predicted_reward end,
        predictor_version_id = case when scheduled_at = %(at)s then predictor_version_id end,
        approved_digest = %(digest)s, approved_by = %(who)s, approved_at = %(now)s
    where id = %(id)s and status = 'held'
    returning id, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note, actor, decision)
select id, 'held', 'queued', fencing_token, %(now)s, %(why)s, %(who)s, 'approved' from moved;

-- name: edit_post
-- held or queued -> held, with another text: it waits for approval, and what was predicted of the old one and how it was taken
-- are forgotten.
with old as (
    select id, status, text from posts where id = %(id)s and status in ('held', 'queued')
), moved as (
    update posts p set
        status = 'held', text = %(text)s, fingerprint = %(fingerprint)s, features = %(features)s::jsonb,
        predicted_reward = null, predictor_version_id = null, text_candidates = null, text_propensity = null,
        approved_digest = null, approved_by = null, approved_at = null
    from old where p.id = old.id
    returning p.id, p.fencing_token, old.status as from_status, old.text as text_before
)
insert into post_events (
    post_id, from_status, to_status, fencing_token, happened_at, note, actor, decision, text_before
)
select id, from_status, 'held', fencing_token, %(now)s, %(why)s, %(who)s, 'edited', text_before from moved;

-- name: reject_post
-- held or queued -> rejected: a person does not want it published.
with old as (
    select id, status from posts where id = %(id)s and status in ('held', 'queued')
), moved as (
    update posts p set
        status = 'rejected', failure_kind = 'permanent', failure_code = %(code)s, failure_reason = %(why)s
    from old where p.id = old.id
    returning p.id, p.fencing_token, old.status as from_status
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note, actor, decision)
select id, from_status, 'rejected', fencing_token, %(now)s, %(why)s, %(who)s, 'rejected' from moved;

-- name: reschedule_post
-- Move a held or queued post to another time; its state stays.
with moved as (
    update posts set
        scheduled_at = %(at)s, slot_at = null, features = %(features)s::jsonb, predicted_reward = null, predictor_version_id = null
    where id = %(id)s and status in ('held', 'queued')
    returning id, status, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note, actor, decision)
select id, status, status, fencing_token, %(now)s, %(why)s, %(who)s, 'rescheduled' from moved;

-- name: recent_decisions
-- What people decided last, with the post as it is now.
select e.post_id, e.decision, e.actor, e.happened_at, e.note, e.text_before, p.status, p.text
from post_events e join posts p on p.id = e.post_id
where e.decision is not null
order by e.id desc limit %(limit)s;

-- name: judged_against_others
-- Texts of a stretch of time that a post must not repeat, without the post itself and the rest of its thread.
(
    select text from posts
    where coalesce(published_at, planned_at) >= %(since)s and id <> %(id)s
        and coalesce(thread_id <> (select thread_id from posts where id = %(id)s), true)
        and status not in ('failed', 'retired')
    order by coalesce(published_at, planned_at) desc limit %(limit)s
)
union all
(
    select text from post_history where created_at >= %(since)s and in_reply_to is null
    order by created_at desc limit %(limit)s
);
