-- What the rules refused, posts that wait for a person, and what is known of the account and of who engaged with it.

-- name: note_policy_refusal
-- Keep a refusal; the same one again is counted.
insert into policy_refusals as r (post_id, rule, reason, refused_until, first_at, last_at)
values (%(id)s, %(rule)s, %(reason)s, %(until)s, %(now)s, %(now)s)
on conflict (post_id, rule) do update set
    reason = excluded.reason, refused_until = excluded.refused_until, last_at = excluded.last_at, times = r.times + 1;

-- name: hold_queued_post
-- queued -> held: a person must decide. Of a thread all that waits, which a person reads as one.
with moved as (
    update posts set status = 'held'
    where status = 'queued'
        and (id = %(id)s or thread_id = (select thread_id from posts where id = %(id)s))
    returning id, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
select id, 'queued', 'held', fencing_token, %(now)s, %(note)s from moved;

-- name: hold_unapproved_posts
-- queued -> held for every post that needs approval and has none.
with moved as (
    update posts set status = 'held'
    where status = 'queued' and source <> 'manual'
        and approved_digest is distinct from encode(sha256(convert_to(text, 'UTF8')), 'hex')
        and (reply_to_handle is not null or not %(replies_only)s)
    returning id, fencing_token
), noted as (
    insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
    select id, 'queued', 'held', fencing_token, %(now)s, %(note)s from moved
)
select id from moved order by id;

-- name: refuse_queued_post
-- queued -> rejected by a rule.
with moved as (
    update posts set
        status = 'rejected', failure_kind = 'permanent', failure_code = %(code)s, failure_reason = %(reason)s
    where id = %(id)s and status = 'queued' returning id, fencing_token
)
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
select id, 'queued', 'rejected', fencing_token, %(now)s, %(note)s from moved;

-- name: policy_refusals_of
-- What the rules said of one post.
select rule, reason, refused_until, first_at, last_at, times
from policy_refusals where post_id = %(id)s order by last_at desc, rule;

-- name: insert_engagements
-- Keep who engaged with the account; seen again, the newest time counts.
insert into engagements (handle, kind, x_post_id, engaged_at)
select lower(r.handle), r.kind, r.x_post_id, max(r.engaged_at)
from jsonb_to_recordset(%(rows)s::jsonb) as r (
    position integer, handle text, kind text, x_post_id text, engaged_at timestamptz
)
group by 1, 2, 3
on conflict (handle, kind, x_post_id) do update set
    engaged_at = greatest(engagements.engaged_at, excluded.engaged_at);

-- name: store_account_facts
-- Keep the newest reading of the account; what it did not tell stays as it was known.
insert into account_facts as a (handle, created_at, labelled_automated, read_at)
values (lower(%(handle)s), %(created_at)s, %(labelled)s, %(now)s)
on conflict (handle) do update set
    created_at = coalesce(excluded.created_at, a.created_at),
    labelled_automated = coalesce(excluded.labelled_automated, a.labelled_automated), read_at = excluded.read_at;
