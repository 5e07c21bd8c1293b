-- Replies that a person may post by hand.

-- name: open_suggestions
-- Suggestions that can still be posted, newest first, with the post that each answers. Nothing is answered after a week,
-- so that those which nobody touched need not be looked at for ever.
select s.x_post_id, o.handle, o.text, o.created_at, o.expires_at, o.velocity, o.relevance, s.draft, s.why, s.state,
    s.created_at as suggested_at
from reply_suggestions s join reply_opportunities o using (x_post_id)
where s.state in ('suggested', 'copied') and o.expires_at > %(now)s
    and s.created_at > %(now)s::timestamptz - interval '8 days'
order by s.created_at desc, s.x_post_id limit %(limit)s;

-- name: open_suggestion_count
-- How many suggestions can still be posted.
select count(*) as suggestions from reply_suggestions s join reply_opportunities o using (x_post_id)
where s.state in ('suggested', 'copied') and o.expires_at > %(now)s
    and s.created_at > %(now)s::timestamptz - interval '8 days';

-- name: suggestion_of
-- One suggestion, whatever its state, held for the rest of the transaction.
select s.x_post_id, o.handle, s.draft, s.state, s.post_id
from reply_suggestions s join reply_opportunities o using (x_post_id)
where s.x_post_id = %(x_post_id)s for update of s;

-- name: move_suggestion
-- suggested or copied -> copied or dismissed.
update reply_suggestions set state = %(state)s, changed_at = %(now)s, changed_by = %(by)s
where x_post_id = %(x_post_id)s and state in ('suggested', 'copied');

-- name: suggestion_posted
-- suggested or copied -> posted, with the row that its numbers are read by.
update reply_suggestions set state = 'posted', post_id = %(post_id)s, changed_at = %(now)s, changed_by = %(by)s
where x_post_id = %(x_post_id)s and state in ('suggested', 'copied');

-- name: recent_replies
-- Replies of ours, newest first, with what they answer.
select p.id, p.status, p.text, p.reply_to_x_id, p.reply_to_handle, p.scheduled_at, p.published_at, p.permalink, p.source,
    o.text as answers_text, p.failure_reason
from posts p left join reply_opportunities o on o.x_post_id = p.reply_to_x_id
where p.reply_to_x_id is not null order by p.planned_at desc, p.id desc limit %(limit)s;

-- name: replies_twice
-- Posts on X that more than one of our replies answers, or may, of those that the newest ones answer: there must be none.
select n.reply_to_x_id, count(*) as replies
from (
    select distinct reply_to_x_id from (
        select reply_to_x_id from posts where reply_to_x_id is not null order by planned_at desc limit %(limit)s
    ) newest
) n
join posts p on p.reply_to_x_id = n.reply_to_x_id
where p.status in ('armed', 'unconfirmed', 'published') and p.removed_at is null
group by 1 having count(*) > 1;

-- name: unwanted_replies
-- Replies by the product, of the newest ones, that went out after it was noted that their author is never answered.
select count(*) as replies
from (
    select reply_to_handle, status, source, armed_at from posts
    where reply_to_x_id is not null order by planned_at desc limit %(limit)s
) p
join unanswerable_authors u on u.handle = lower(p.reply_to_handle)
where p.status in ('armed', 'unconfirmed', 'published') and p.source <> 'manual' and p.armed_at > u.noted_at;
