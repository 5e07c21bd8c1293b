-- What the owner's calendar shows: a stretch of time, never all of the table.

-- name: upcoming_posts
-- What waits in the queue, soonest first; of a thread its first waiting segment.
select id, status, text, scheduled_at as at, topic, format, source, thread_id, segment,
    (select count(*) from posts t where t.thread_id = p.thread_id) as segments
from posts p
where status = 'queued' and not exists (
    select from posts b where b.thread_id = p.thread_id and b.segment < p.segment and b.status = 'queued'
)
order by scheduled_at, id limit %(limit)s;

-- name: calendar_posts
-- What is on X, or may be, and what waits, in a stretch of time; of a thread its first in each state.
with seen as (
    (
        select id, status, text, greatest(armed_at, published_at) as at, topic, format, source, thread_id, segment
        from posts
        where greatest(armed_at, published_at) >= %(start)s and greatest(armed_at, published_at) < %(end)s
            and status in ('published', 'unconfirmed', 'shadowed', 'armed') and coalesce(segment, 0) = 0
        order by greatest(armed_at, published_at) desc limit %(limit)s
    )
    union all
    (
        select id, status, text, scheduled_at, topic, format, source, thread_id, segment from posts p
        where status = 'queued' and scheduled_at >= %(start)s and scheduled_at < %(end)s and not exists (
            select from posts b where b.thread_id = p.thread_id and b.segment < p.segment and b.status = 'queued'
        )
        order by scheduled_at limit %(limit)s
    )
    union all
    (
        select id, status, text, scheduled_at, topic, format, source, thread_id, segment from posts p
        where status = 'held' and scheduled_at >= %(start)s and scheduled_at < %(end)s and not exists (
            select from posts b where b.thread_id = p.thread_id and b.segment < p.segment and b.status = 'held'
        )
        order by scheduled_at limit %(limit)s
    )
)
select s.*, (select count(*) from posts t where t.thread_id = s.thread_id) as segments from seen s order by at, id;

-- name: held_page
-- A page of what waits for a person, soonest due first, with why; a thread is not torn between two pages.
with heads as (
    select coalesce(thread_id, id) as head, min(scheduled_at) as at from posts
    where status = 'held' group by 1 order by 2, 1 limit %(limit)s offset %(offset)s
)
select p.id, p.status, p.text, p.fingerprint, p.topic, p.format, p.source, p.scheduled_at, p.planned_at,
    p.reply_to_x_id, p.reply_to_handle, p.predicted_reward, e.note as held_because,
    p.thread_id, p.segment, (select count(*) from posts where thread_id = p.thread_id) as segments,
    (select count(*) from post_media where post_id = p.id) as images
from heads h join posts p on coalesce(p.thread_id, p.id) = h.head and p.status = 'held'
left join lateral (
    select note from post_events where post_id = p.id and to_status = 'held' and decision is null
    order by id desc limit 1
) e on true
order by h.at, h.head, p.segment;

-- name: held_heads
-- How many decisions wait: posts, and threads as one each.
select count(distinct coalesce(thread_id, id)) as waiting from posts where status = 'held';

-- name: post_pictures
-- What the images of a post are, without the images.
select position, mime_type, alt_text from post_media where post_id = %(id)s order by position;

-- name: post_picture
-- One image of a post.
select mime_type, content from post_media where post_id = %(id)s and position = %(position)s;

-- name: change_marks
-- What grows when something happened that a page shows; reading it is cheap, and reads no post.
select
    coalesce((select max(id) from post_events), 0) as posts,
    coalesce((select max(id) from alert_outbox), 0) as alerts,
    coalesce((select max(id) from llm_calls), 0) as budget,
    (select max(queued_at) from browser_operations) as browser,
    (select count(*) from browser_operations where ended_at is null) as under_way,
    (select max(sampled_at) from browser_queue_samples) as waiting,
    (
        select concat(count(*), ' ', max(changed_at)) from reply_suggestions where state in ('suggested', 'copied')
    ) as suggestions;

-- name: thread_texts
-- The segments of a post's thread, in order; none for a single post.
select id, segment, status, text from posts
where thread_id = (select thread_id from posts where id = %(id)s) order by segment;
