-- What the rules of publishing ask (domain/admission). Which posts are due, only the function due_posts says.

-- name: due_post_ids
-- Posts whose time has come, in the order in which they are claimed.
select id from due_posts(%(now)s) order by turn, scheduled_at, id;

-- name: lock_due_post
-- Hold a due post for the rest of the transaction; nothing when somebody else has it.
select id from posts where id = %(id)s and id in (select id from due_posts(%(now)s)) for update skip locked;

-- name: admission_account
-- What is the same for every post: the hold, who has a post in hand, the last submission, the account, the next time.
-- Submissions are in any state: a post that X refused was sent all the same.
select
    (select reason from publishing_holds where lifted_at is null order by since, id limit 1) as hold,
    (select claimed_by from posts where status in ('claimed', 'armed') limit 1) as in_hand,
    (select max(greatest(armed_at, published_at)) from posts) as last_activity,
    (select min(scheduled_at) from posts where status = 'queued' and scheduled_at > %(now)s) as next_due,
    a.labelled_automated, a.created_at as account_created_at
from (select 1) one left join account_facts a on a.handle = lower(%(handle)s);

-- name: admission_posts
-- What the rules ask of each of these posts, in the given order: its place in the queue and its thread, whether this
-- very text was approved, and its author. Read in the transaction that holds a post's row, nothing of it can change.
select p.id, p.id in (select id from due_posts(%(now)s)) as due,
    case when p.status = 'queued' then p.scheduled_at end as due_at, coalesce(p.slot_at, p.scheduled_at) as meant_at,
    p.segment, greatest(1, (select count(*) from posts t where t.thread_id = p.id)) as size,
    coalesce(b.status = 'published' or (b.status = 'shadowed' and %(shadow)s), false) as follows,
    greatest(b.armed_at, b.published_at) as before_at,
    p.reply_to_handle as author,
    p.source = 'manual' or coalesce(p.approved_digest = encode(sha256(convert_to(p.text, 'UTF8')), 'hex'), false) as approved,
    array (
        select greatest(armed_at, published_at) from posts
        where status in ('armed', 'unconfirmed', 'published', 'shadowed')
            and greatest(armed_at, published_at) > %(day_ago)s
            and lower(reply_to_handle) = lower(p.reply_to_handle)
        order by 1
    ) as replies_to_author,
    (select max(engaged_at) from engagements where lower(handle) = lower(p.reply_to_handle)) as author_engaged_at,
    (select why from unanswerable_authors where handle = lower(p.reply_to_handle)) as unanswerable,
    (
        select count(*) from reply_opportunities t join posts r on r.reply_to_x_id = t.x_post_id
        where t.conversation_id = o.conversation_id
            and r.status in ('armed', 'unconfirmed', 'published', 'shadowed')
    ) as replies_in_thread,
    coalesce(o.automated, false) as author_automated
from posts p
left join posts b on b.thread_id = p.thread_id and b.segment = p.segment - 1
left join reply_opportunities o on o.x_post_id = p.reply_to_x_id
where p.id = any (%(ids)s::bigint[])
order by array_position(%(ids)s::bigint[], p.id);
