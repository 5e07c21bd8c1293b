-- What planning and publishing ask before they start anything. No statement here changes a row.

-- name: queued_posts
-- Posts waiting to be published, soonest first.
select id, scheduled_at, text, topic, format from posts where status = 'queued' order by scheduled_at, id;

-- name: waiting_times
-- The time of every waiting post.
select scheduled_at from posts where status in ('queued', 'held') order by scheduled_at;

-- name: post_due_between
-- Whether a post is being published, or one is due in this stretch of time.
select exists (select from posts where status in ('claimed', 'armed'))
    or exists (select from due_posts(%(end)s) where scheduled_at >= %(start)s) as due;

-- name: last_llm_call
-- The newest call made for a purpose.
select id, purpose, model, outcome, called_at, cost_microusd
from llm_calls where purpose = %(purpose)s order by id desc limit 1;

-- name: impossible_readings
-- Latest readings of the last posts that show more likes than views.
select p.id, m.likes, m.views
from (select id from posts where status = 'published' order by published_at desc limit %(limit)s) p
join reading_schedule m on m.post_id = p.id and m.likes > m.views;

-- name: post_holder
-- The worker with a post in hand.
select claimed_by from posts where status in ('claimed', 'armed') limit 1;

-- name: last_planned
-- When a plan last queued a post, from whatever source; replies have plans of their own.
select max(planned_at) as planned_at from posts
where source <> 'manual' and status not in ('emergency_pool', 'retired') and reply_to_x_id is null;
