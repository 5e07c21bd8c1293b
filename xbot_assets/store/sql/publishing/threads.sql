-- What holds the segments of a thread together, and the images of a post.

-- name: post_images
-- The images that a post shows, in order.
select file_name, mime_type, content, alt_text from post_media where post_id = %(id)s order by position;

-- name: next_segment_time
-- When a begun thread may go on; null: none waits for its turn.
select min(greatest(p.scheduled_at, greatest(b.armed_at, b.published_at) + %(spacing)s)) as at
from posts p join posts b on b.thread_id = p.thread_id and b.segment = p.segment - 1
where p.status = 'queued' and p.segment > 0
    and (b.status = 'published' or (b.status = 'shadowed' and %(shadow)s));

-- name: broken_threads
-- Threads that wait behind a segment that will never be published, or that was only published in shadow mode.
select b.thread_id, b.id as broken_id, b.segment, b.status, b.failure_reason,
    (select count(*) from posts where thread_id = b.thread_id) as segments,
    (select count(*) from posts where thread_id = b.thread_id and status = 'published') as published,
    (
        select min(p.id) from posts p
        where p.thread_id = b.thread_id and p.segment > b.segment and p.status = 'queued'
    ) as waiting_id
from (
    select thread_id, max(segment) as last_segment from posts
    where status = 'queued' and segment > 0 group by thread_id
) w
join lateral (
    select id, thread_id, segment, status, failure_reason from posts
    where thread_id = w.thread_id and segment < w.last_segment
        and (status in ('failed', 'rejected') or (status = 'shadowed' and not %(shadow)s))
    order by segment limit 1
) b on true
order by b.thread_id;

-- name: thread_break
-- The first segment of a post's thread that will never be published, if it stands before the post.
select b.id, b.segment from posts p join posts b on b.thread_id = p.thread_id and b.segment < p.segment
where p.id = %(id)s and b.status in ('failed', 'rejected')
order by b.segment limit 1;
