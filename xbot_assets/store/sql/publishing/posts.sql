-- The posting queue. Every change is guarded by the state it leaves and writes its event.
-- A lease measures a worker's life, so it runs in real time, on the one clock that all workers share: the server's.

-- name: enqueue_posts
-- Queue posts with their images, all or none, in order; as the segments of one thread when they are to be one.
with given as (
    select nextval(pg_get_serial_sequence('posts', 'id')) as id, r.*
    from (
        select * from jsonb_to_recordset(%(rows)s::jsonb) as r (
            position integer, text text, fingerprint text, topic text, format text, features jsonb, source text,
            bandit_version_id bigint, predictor_version_id bigint, propensity double precision,
            predicted_reward double precision, llm_call_id bigint, scheduled_at timestamptz,
            reply_to_x_id text, reply_to_handle text, images jsonb, arm_chances jsonb, tested_version_id bigint,
            text_candidates smallint, text_propensity double precision
        )
        order by position
    ) r
), queued as (
    insert into posts (
        id, text, fingerprint, topic, format, features, source, bandit_version_id, predictor_version_id, propensity,
        predicted_reward, llm_call_id, scheduled_at, planned_at, reply_to_x_id, reply_to_handle, thread_id, segment,
        arm_chances, tested_version_id, text_candidates, text_propensity
    )
    overriding system value
    select id, text, fingerprint, topic, format, features, source, bandit_version_id, predictor_version_id, propensity,
        predicted_reward, llm_call_id, scheduled_at, %(now)s, reply_to_x_id, reply_to_handle,
        case when %(threaded)s then (select min(id) from given) end, case when %(threaded)s then position end,
        nullif(arm_chances, 'null'::jsonb), tested_version_id, text_candidates, text_propensity
    from given
    returning id, fencing_token
), shown as (
    insert into post_media (post_id, position, file_name, mime_type, content, alt_text)
    select g.id, i.number - 1, i.image ->> 'file_name', i.image ->> 'mime_type',
        decode(i.image ->> 'content', 'base64'), i.image ->> 'alt_text'
    from given g, jsonb_array_elements(g.images) with ordinality as i (image, number)
), noted as (
    insert into post_events (post_id, from_status, to_status, fencing_token, happened_at)
    select id, null, 'queued', fencing_token, %(now)s from queued
)
select id from queued order by id;

-- name: lock_claims
-- One claim at a time. Its own statement: the next one's snapshot must be newer than the lock.
select pg_advisory_xact_lock(hashtext('xbot claims'));

-- name: claim_post
-- queued -> claimed, of a post that this transaction holds.
with claimed as (
    update posts p set
        status = 'claimed', fencing_token = p.fencing_token + 1, claimed_by = %(worker)s,
        claimed_at = %(now)s, lease_until = clock_timestamp() + %(lease)s,
        failure_kind = null, failure_code = null, failure_reason = null
    where p.id = %(id)s and p.status = 'queued'
    returning p.id, p.text, p.fencing_token, p.scheduled_at, p.lease_until, p.reply_to_x_id, p.thread_id, p.segment
), noted as (
    insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
    select id, 'queued', 'claimed', fencing_token, %(now)s, %(worker)s from claimed
)
select c.*, coalesce(c.reply_to_x_id, b.x_post_id) as answers_x_id,
    (select count(*) from posts where thread_id = c.thread_id) as segments
from claimed c left join posts b on b.thread_id = c.thread_id and b.segment = c.segment - 1;

-- name: arm_post
-- claimed -> armed, while the lease holds.
with moved as (
    update posts set status = 'armed', armed_at = %(now)s
    where id = %(id)s and status = 'claimed' and fencing_token = %(token)s and lease_until > clock_timestamp()
    returning id, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at)
select id, 'claimed', 'armed', fencing_token, %(now)s from moved;

-- name: claim_ran_out
-- Whether a claim is still its worker's but too old to arm.
select id from posts
where id = %(id)s and status = 'claimed' and fencing_token = %(token)s and lease_until <= clock_timestamp();

-- name: confirm_published
-- armed -> published, with X's own id.
with moved as (
    update posts set
        status = 'published', x_post_id = %(x_post_id)s, permalink = %(permalink)s, published_at = %(now)s
    where id = %(id)s and status = 'armed' and fencing_token = %(token)s
    returning id, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
select id, 'armed', 'published', fencing_token, %(now)s, %(x_post_id)s from moved;

-- name: mark_unconfirmed
-- armed -> unconfirmed: it may be on X.
with moved as (
    update posts set
        status = 'unconfirmed', failure_kind = %(kind)s, failure_code = %(code)s, failure_reason = %(reason)s
    where id = %(id)s and status = 'armed' and fencing_token = %(token)s
    returning id, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
select id, 'armed', 'unconfirmed', fencing_token, %(now)s, %(reason)s from moved;

-- name: disarm_post
-- armed -> queued, when it is certain that nothing was submitted; not tried again before a given time.
with moved as (
    update posts set
        status = 'queued', claimed_by = null, claimed_at = null, lease_until = null, armed_at = null,
        slot_at = case when %(not_before)s > scheduled_at then coalesce(slot_at, scheduled_at) else slot_at end,
        scheduled_at = greatest(scheduled_at, %(not_before)s),
        failure_kind = %(kind)s, failure_code = %(code)s, failure_reason = %(reason)s
    where id = %(id)s and status = 'armed' and fencing_token = %(token)s
    returning id, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
select id, 'armed', 'queued', fencing_token, %(now)s, %(reason)s from moved;

-- name: fail_post
-- claimed or armed -> failed: X surely does not have it.
with held as (
    select id, status from posts
    where id = %(id)s and status in ('claimed', 'armed') and fencing_token = %(token)s
    for update
), moved as (
    update posts p set
        status = 'failed', failure_kind = %(kind)s, failure_code = %(code)s, failure_reason = %(reason)s
    from held where p.id = held.id
    returning p.id, p.fencing_token, held.status as from_status
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
select id, from_status, 'failed', fencing_token, %(now)s, %(reason)s from moved;

-- name: mark_shadowed
-- claimed or armed -> shadowed: everything but the click.
with held as (
    select id, status from posts
    where id = %(id)s and status in ('claimed', 'armed') and fencing_token = %(token)s
    for update
), moved as (
    update posts p set status = 'shadowed' from held where p.id = held.id
    returning p.id, p.fencing_token, held.status as from_status
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at)
select id, from_status, 'shadowed', fencing_token, %(now)s from moved;

-- name: expire_leases
-- Take posts from workers whose lease ran out, and from one known to be dead; the token grows, so that a worker who
-- lives after all is fenced off.
with held as (
    select id, status, claimed_by from posts
    where status in ('claimed', 'armed') and (lease_until <= clock_timestamp() or claimed_by = %(dead)s)
    for update skip locked
), moved as (
    update posts p set
        status = case held.status when 'claimed' then 'queued' else 'unconfirmed' end,
        fencing_token = p.fencing_token + 1,
        claimed_by = null, claimed_at = null, lease_until = null,
        failure_kind = case held.status when 'claimed' then 'transient' else 'unknown' end,
        failure_code = %(code)s,
        failure_reason = 'The worker ' || coalesce(held.claimed_by, '?') || ' did not finish in time.'
    from held where p.id = held.id
    returning p.id, p.fencing_token, p.failure_reason, held.status as from_status, p.status as to_status,
        held.claimed_by
), noted as (
    insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
    select id, from_status, to_status, fencing_token, %(now)s, failure_reason from moved
)
select id, from_status, to_status, claimed_by from moved order by id;

-- name: unconfirmed_posts
-- Posts that may be on X, oldest intent first; the first intent may be of an earlier attempt.
select p.id, p.text, p.fingerprint, p.armed_at, p.looks, p.looked_at, p.fencing_token, p.reply_to_x_id, p.failure_code,
    p.requeues, p.first_absent_at, coalesce(p.reply_to_x_id, b.x_post_id) as answers_x_id, coalesce(
        (select min(happened_at) from post_events where post_id = p.id and to_status = 'armed'), p.armed_at
    ) as intended_at
from posts p left join posts b on b.thread_id = p.thread_id and b.segment = p.segment - 1
where p.status = 'unconfirmed' order by p.armed_at, p.id;

-- name: confirm_on_x
-- unconfirmed -> published: a look at X found it.
with moved as (
    update posts set
        status = 'published', x_post_id = %(x_post_id)s, permalink = %(permalink)s,
        published_at = %(published_at)s, looked_at = %(now)s,
        failure_kind = null, failure_code = null, failure_reason = null
    where id = %(id)s and status = 'unconfirmed'
    returning id, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
select id, 'unconfirmed', 'published', fencing_token, %(now)s, 'found on X as ' || %(x_post_id)s::text from moved;

-- name: record_look
-- Count a look at X that surely did not find the post.
update posts set looks = looks + 1, looked_at = %(now)s, first_absent_at = coalesce(first_absent_at, %(now)s)
where id = %(id)s and status = 'unconfirmed'
returning looks;

-- name: queue_counts
-- Posts by state.
select status, sum(posts)::bigint as posts from post_tallies group by status having sum(posts) > 0 order by status;

-- name: recent_posts
-- Newest posts of the account's own course, with their latest reading; the pool's reserve is not among them.
select p.id, p.status, p.text, p.topic, p.format, p.source, p.scheduled_at, p.planned_at, p.armed_at,
    p.published_at, p.removed_at, p.x_post_id, p.permalink, p.propensity, p.predicted_reward, p.looks,
    p.failure_kind, p.failure_code, p.failure_reason,
    m.read_at, m.replies, m.reposts, m.likes, m.bookmarks, m.views,
    p.thread_id, p.segment, (select count(*) from posts where thread_id = p.thread_id) as segments,
    p.reply_to_handle
from posts p
left join reading_schedule m on m.post_id = p.id
where p.status not in ('emergency_pool', 'retired')
order by p.id desc limit %(limit)s;

-- name: recent_texts
-- Texts that a new post must not repeat.
select text from posts where planned_at >= %(since)s and status <> 'failed' order by planned_at desc, id desc limit %(limit)s;

-- name: post_events_of
-- Every change of one post's state.
select from_status, to_status, fencing_token, happened_at, note, actor, decision
from post_events where post_id = %(id)s order by id;

-- name: insert_posted_by_hand
-- A reply that a person posted on X by hand: it is published when it begins to exist here.
with posted as (
    insert into posts (
        status, text, fingerprint, topic, format, source, scheduled_at, planned_at, reply_to_x_id, reply_to_handle,
        x_post_id, permalink, published_at
    )
    values (
        'published', %(text)s, %(fingerprint)s, 'reply', 'reply', 'manual', %(now)s, %(now)s, %(reply_to)s, %(reply_to_handle)s,
        %(x_post_id)s, %(permalink)s, %(published_at)s
    )
    returning id, fencing_token
), noted as (
    insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note, actor, decision)
    select id, null, 'published', fencing_token, %(now)s, %(x_post_id)s, %(who)s, 'found_on_x' from posted
)
select id from posted;
