-- Unconfirmed posts, posts that X took back, and posts that X shows and no row knows.

-- name: posts_to_look_for
-- Unconfirmed posts whose next look is due: few looks said "not there", or it may still be queued again.
select id, looked_at from posts
where status = 'unconfirmed'
    and (looked_at is null or looked_at <= %(looked_before)s)
    and (
        looks < %(looks_max)s
        or (%(may_requeue)s and requeues = 0 and failure_code is distinct from %(duplicate)s)
    )
order by armed_at, id;

-- name: begin_look
-- Take the look for one post; of two processes one gets it.
update posts set looked_at = %(now)s
where id = %(id)s and status = 'unconfirmed' and looked_at is not distinct from %(seen)s;

-- name: expired_lease_exists
-- Whether a worker's time with a post is over.
select exists (
    select from posts where status in ('claimed', 'armed') and lease_until <= clock_timestamp()
) as expired;

-- name: requeue_absent
-- unconfirmed -> queued, once: enough looks over enough time surely did not find it, and nobody can still be clicking.
-- The times of browser operations are real, so that a faster product clock does not outrun a click.
with moved as (
    update posts set
        status = 'queued', requeues = requeues + 1, looks = 0, looked_at = null, first_absent_at = null,
        armed_at = null, claimed_by = null, claimed_at = null, lease_until = null,
        failure_kind = null, failure_code = null, failure_reason = null
    where id = %(id)s and status = 'unconfirmed' and requeues = 0
        and looks >= %(looks_max)s and looked_at - first_absent_at >= %(span)s::interval
        and failure_code is distinct from %(duplicate)s
        and not exists (
            select from browser_operations
            where kind = 'publish' and ended_at is null and requested_at > clock_timestamp() - %(click_within)s::interval
        )
    returning id, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
select id, 'unconfirmed', 'queued', fencing_token, %(now)s, %(note)s from moved;

-- name: decide_published
-- unconfirmed -> published: a person saw it on X.
with moved as (
    update posts set
        status = 'published', x_post_id = %(x_post_id)s, permalink = %(permalink)s, published_at = armed_at,
        failure_kind = null, failure_code = null, failure_reason = null
    where id = %(id)s and status = 'unconfirmed'
    returning id, fencing_token
), known as (
    update phantom_posts set acknowledged_by = %(who)s, acknowledged_at = %(now)s
    where x_post_id = %(x_post_id)s and acknowledged_at is null
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note, actor, decision)
select id, 'unconfirmed', 'published', fencing_token, %(now)s, %(why)s, %(who)s, 'found_on_x' from moved;

-- name: decide_absent
-- unconfirmed -> queued or rejected: a person saw that it is not on X.
with moved as (
    update posts set
        status = case when %(again)s then 'queued' else 'rejected' end,
        looks = 0, looked_at = null, first_absent_at = null,
        armed_at = null, claimed_by = null, claimed_at = null, lease_until = null,
        failure_kind = case when not %(again)s then 'permanent' end,
        failure_code = case when not %(again)s then %(code)s end,
        failure_reason = case when not %(again)s then %(why)s end
    where id = %(id)s and status = 'unconfirmed'
    returning id, status, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note, actor, decision)
select id, 'unconfirmed', status, fencing_token, %(now)s, %(why)s, %(who)s, 'not_on_x' from moved;

-- name: submitted_since
-- How many posts were or may have been submitted since a time.
select count(*) as posts from posts
where status in ('armed', 'unconfirmed', 'published') and greatest(armed_at, published_at) >= %(since)s;

-- name: known_x_ids
-- Which of these ids of X belong to a row.
select x_post_id from posts where x_post_id = any(%(x_ids)s::text[]);

-- name: published_kinds
-- Whether posts that answer another one, and posts that do not, were ever published.
select k.answers from unnest(array[true, false]) as k (answers)
where case when k.answers
    then exists (select from posts where status = 'published' and reply_to_x_id is not null)
        or exists (select from posts where status = 'published' and thread_id is not null and segment > 0)
    else ( -- in order, so that the index is walked until there is one: an exists may read the table
        select true from posts where status = 'published' and reply_to_x_id is null and coalesce(segment, 0) = 0
        order by published_at desc limit 1
    )
end;

-- name: posts_to_verify
-- Published posts of a stretch of time that X should show.
select id, x_post_id, published_at, reply_to_x_id is not null or coalesce(segment, 0) > 0 as answers,
    missing_since, removed_at
from posts
where status = 'published' and published_at > %(since)s and published_at <= %(until)s
order by published_at, id;

-- name: verification_is_due
-- Whether a published post was never looked for at its age, or is missing and waits for the second look.
select exists (
    select from posts
    where status = 'published' and removed_at is null and published_at > %(since)s
        and (
            (visibility_checked_at is null and published_at <= %(first_before)s)
            or (visibility_checked_at < published_at + %(day)s::interval
                and published_at <= %(now)s::timestamptz - %(day)s::interval)
            or missing_since is not null
        )
) as due;

-- name: note_visible
-- X shows these posts; one that was thought to be removed is back.
with seen as (
    select id, removed_at from posts where id = any(%(ids)s::bigint[]) and status = 'published' for update
), shown as (
    update posts p set visibility_checked_at = %(now)s, missing_since = null, removed_at = null,
        removal_known_at = null
    from seen where p.id = seen.id
    returning p.id, p.fencing_token, seen.removed_at
), noted as (
    insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
    select id, 'published', 'published', fencing_token, %(now)s, 'X shows it again'
    from shown where removed_at is not null
)
select id from shown where removed_at is not null order by id;

-- name: note_missing
-- X does not show these posts where it surely would; a second such look, some time after the first, says removed.
with missing as (
    update posts set
        visibility_checked_at = %(now)s, missing_since = coalesce(missing_since, %(now)s),
        removed_at = case when missing_since <= %(missing_before)s::timestamptz then %(now)s::timestamptz end
    where id = any(%(ids)s::bigint[]) and status = 'published' and removed_at is null
    returning id, text, x_post_id, permalink, reply_to_x_id, fencing_token, removed_at
), noted as (
    insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
    select id, 'published', 'published', fencing_token, %(now)s, 'removed: X no longer shows it'
    from missing where removed_at is not null
)
select id, text, x_post_id, permalink, reply_to_x_id from missing where removed_at is not null order by id;

-- name: first_intent
-- When this installation first meant to submit a post.
select min(happened_at) as at from post_events where to_status = 'armed';

-- name: newest_texts
-- The newest rows with what recognises them on X, newest first.
select id, status, text from posts where status not in ('retired', 'emergency_pool') order by id desc limit %(limit)s;

-- name: note_phantoms
-- Keep posts that X shows and no row knows; return those that were not known before.
with given as (
    select * from jsonb_to_recordset(%(rows)s::jsonb) as r (
        position integer, x_post_id text, text text, permalink text, created_at timestamptz, resembles_post_id bigint
    )
), kept as (
    insert into phantom_posts (
        x_post_id, text, permalink, created_at, first_seen_at, last_seen_at, resembles_post_id
    )
    select x_post_id, text, permalink, created_at, %(now)s, %(now)s, resembles_post_id from given
    on conflict (x_post_id) do update set last_seen_at = excluded.last_seen_at
    returning x_post_id, first_seen_at = %(now)s as is_new
)
select x_post_id from kept where is_new order by x_post_id;

-- name: open_phantoms
-- Posts that no row knows and nobody has acknowledged, newest first.
select h.x_post_id, h.text, h.permalink, h.created_at, h.first_seen_at, h.last_seen_at, h.resembles_post_id,
    p.status as resembles_status
from phantom_posts h left join posts p on p.id = h.resembles_post_id
where h.acknowledged_at is null and not exists (select from posts where x_post_id = h.x_post_id)
order by h.created_at desc nulls last, h.x_post_id;

-- name: acknowledge_phantoms
-- A person knows of these posts.
update phantom_posts set acknowledged_by = %(who)s, acknowledged_at = %(now)s
where x_post_id = any(%(x_ids)s::text[]) and acknowledged_at is null
returning x_post_id;

-- name: acknowledge_removed
-- A person knows that X no longer shows these posts.
with gone as (
    update posts set removal_known_at = %(now)s
    where x_post_id = any(%(x_ids)s::text[]) and removed_at is not null and removal_known_at is null
    returning id, fencing_token
), noted as (
    insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note, actor, decision)
    select id, 'published', 'published', fencing_token, %(now)s, %(why)s, %(who)s, 'not_on_x' from gone
)
select id from gone order by id;

-- name: open_removals
-- Posts that X took back and nobody has acknowledged, newest first.
select id, text, x_post_id, permalink, published_at, missing_since, removed_at from posts
where removed_at is not null and removal_known_at is null
order by removed_at desc, id;

-- name: note_comparison
-- One comparison of the timeline with the queue.
insert into timeline_reconciliations (compared_at, posts_seen, covers_since, confirmed, phantoms, missing)
values (%(now)s, %(posts_seen)s, %(covers_since)s, %(confirmed)s, %(phantoms)s, %(missing)s);

-- name: last_comparison
-- When the timeline was last compared with the queue, and last with a look that covered something.
select
    (select compared_at from timeline_reconciliations order by id desc limit 1) as compared_at,
    (
        select compared_at from timeline_reconciliations where covers_since is not null order by id desc limit 1
    ) as covered_at;
