-- Posts by others that may be answered.

-- name: store_opportunities
-- Keep what was seen; a post that is known keeps what was decided about it, but learns that it turned to the account.
with given as (
    select * from jsonb_to_recordset(%(rows)s::jsonb) as r (
        position integer, x_post_id text, handle text, source text, state text, reason text, text text, lang text,
        in_reply_to text, conversation_id text, automated boolean, created_at timestamptz, expires_at timestamptz
    )
), kept as (
    insert into reply_opportunities as o (
        x_post_id, handle, source, state, reason, text, lang, in_reply_to, conversation_id, automated, created_at,
        first_seen_at, expires_at, changed_at
    )
    select distinct on (x_post_id) x_post_id, handle, source, state, reason, text, lang, in_reply_to, conversation_id,
        automated, created_at, %(now)s, expires_at, %(now)s
    from given order by x_post_id, position
    on conflict (x_post_id) do update set
        source = excluded.source, state = excluded.state, reason = excluded.reason, expires_at = excluded.expires_at,
        changed_at = excluded.changed_at
    where excluded.source in ('reply', 'mention', 'quote') and not o.inbound and o.state in ('open', 'filtered', 'expired')
    returning x_post_id, state
)
select x_post_id, state from kept order by x_post_id;

-- name: store_opportunity_readings
-- Keep counts; a reading too near to the one before it tells nothing and is left out.
insert into opportunity_readings (x_post_id, read_at, likes, reposts, replies, bookmarks, views)
select distinct on (r.x_post_id) r.x_post_id, r.read_at, r.likes, r.reposts, r.replies, r.bookmarks, r.views
from jsonb_to_recordset(%(rows)s::jsonb) as r (
    position integer, x_post_id text, read_at timestamptz, likes integer, reposts integer, replies integer,
    bookmarks integer, views bigint
)
join reply_opportunities o on o.x_post_id = r.x_post_id and o.state = 'open'
where not exists (
    select from opportunity_readings m where m.x_post_id = r.x_post_id and m.read_at > r.read_at - %(gap)s::interval
)
order by r.x_post_id, r.position
on conflict do nothing;

-- name: newest_readings
-- The two newest readings of each of these posts, newest first.
select o.x_post_id, o.created_at, m.read_at, m.likes, m.reposts, m.replies, m.bookmarks, m.views
from reply_opportunities o
cross join lateral (
    select * from opportunity_readings r where r.x_post_id = o.x_post_id order by r.read_at desc limit 2
) m
where o.x_post_id = any (%(ids)s::text[])
order by o.x_post_id, m.read_at desc;

-- name: store_velocities
-- Keep how fast posts rise.
update reply_opportunities o set velocity = r.velocity
from jsonb_to_recordset(%(rows)s::jsonb) as r (position integer, x_post_id text, velocity double precision)
where o.x_post_id = r.x_post_id and o.state = 'open';

-- name: opportunities_read_once
-- Open posts of the pool that were read once only, some time ago, the most relevant first: a second reading tells how
-- fast they rise.
select o.x_post_id from reply_opportunities o
where o.state = 'open' and not o.inbound and o.velocity is null and o.expires_at > %(now)s
    and o.first_seen_at <= %(before)s and coalesce(o.relevance, 1) >= %(relevance)s
order by o.relevance desc nulls last, o.created_at desc limit %(limit)s;

-- name: unjudged_opportunities
-- Open posts of the pool that nobody has judged, newest first.
select x_post_id, text from reply_opportunities
where state = 'open' and not inbound and relevance is null and expires_at > %(now)s
order by created_at desc limit %(limit)s;

-- name: store_relevance
-- Keep how relevant posts are, and who says so.
update reply_opportunities o set relevance = r.relevance, relevance_by = %(by)s
from jsonb_to_recordset(%(rows)s::jsonb) as r (position integer, x_post_id text, relevance double precision)
where o.x_post_id = r.x_post_id;

-- name: expire_opportunities
-- open -> expired: too old; and of the pool the least promising beyond its size.
with crowded as (
    select x_post_id from reply_opportunities
    where state = 'open' and not inbound and expires_at > %(now)s
    order by relevance desc nulls last, velocity desc nulls last, created_at desc offset %(most)s
)
update reply_opportunities o set
    state = 'expired', changed_at = %(now)s, reason = case when o.expires_at <= %(now)s then 'too_old' else 'crowded_out' end
where o.state = 'open' and (o.expires_at <= %(now)s or o.x_post_id in (select x_post_id from crowded));

-- name: open_opportunity_count
-- How many of the pool are open.
select count(*) as open_posts from reply_opportunities where state = 'open' and not inbound and expires_at > %(now)s;

-- name: note_opportunity_count
-- Keep how many were open.
insert into opportunity_counts (counted_at, open_posts) values (%(now)s, %(open_posts)s)
on conflict (counted_at) do update set open_posts = excluded.open_posts;

-- name: opportunity_counts_since
-- How many were open, oldest first.
select counted_at, open_posts from opportunity_counts where counted_at >= %(since)s order by counted_at;

-- name: first_opportunity_count
-- When the first harvest was counted.
select min(counted_at) as counted_at from opportunity_counts;

-- name: opportunity_states
-- How many are in each state, by source and reason, of those that changed since a time.
select source, state, case when state in ('filtered', 'expired') then reason else '' end as reason, count(*) as posts
from reply_opportunities where changed_at >= %(since)s group by 1, 2, 3 order by 1, 2, 3;

-- name: answerable_opportunities
-- What may be answered, in order: first what turned to the account, oldest first; then the pool, what rises fastest.
select x_post_id, handle, source, inbound, text, lang, conversation_id, in_reply_to, automated, created_at, velocity,
    relevance
from reply_opportunities
where state = 'open' and expires_at > %(now)s
    and (inbound or (relevance >= %(relevance)s and velocity is not null))
order by inbound desc, case when inbound then created_at end, velocity * relevance desc nulls last, created_at desc
limit %(limit)s;

-- name: refuse_opportunity
-- open -> filtered: a filter refuses it after all.
update reply_opportunities set state = 'filtered', reason = %(reason)s, changed_at = %(now)s
where x_post_id = %(x_post_id)s and state = 'open';

-- name: plan_opportunity
-- open -> planned: its reply waits in the queue.
update reply_opportunities set state = 'planned', post_id = %(post_id)s, changed_at = %(now)s
where x_post_id = %(x_post_id)s and state = 'open';

-- name: suggest_opportunity
-- open -> suggested, with the draft that a person may post.
with moved as (
    update reply_opportunities set state = 'suggested', changed_at = %(now)s
    where x_post_id = %(x_post_id)s and state = 'open'
    returning x_post_id
)
insert into reply_suggestions (x_post_id, draft, why, llm_call_id, created_at, changed_at)
select x_post_id, %(draft)s, %(why)s, %(call)s, %(now)s, %(now)s from moved;

-- name: replies_waiting
-- How many replies wait in the queue, and when one was planned last.
select
    (select count(*) from posts where status in ('queued', 'held') and reply_to_x_id is not null) as waiting,
    (select max(planned_at) from posts where reply_to_x_id is not null and source = 'llm') as last_planned,
    (select count(*) from reply_suggestions s join reply_opportunities o using (x_post_id)
        where s.state in ('suggested', 'copied') and o.expires_at > %(now)s
            and s.created_at > %(now)s::timestamptz - interval '8 days') as suggested,
    (select max(created_at) from reply_suggestions) as last_suggested;

-- name: conversation_turns
-- Our replies in each of these conversations, waiting ones and those by hand included.
select o.conversation_id, count(*) as turns
from reply_opportunities o
where o.conversation_id = any (%(ids)s::text[]) and (
    o.state = 'suggested' or exists (
        select from posts p where p.reply_to_x_id = o.x_post_id and p.status not in ('failed', 'rejected', 'retired')
    )
)
group by 1;

-- name: opportunities_refusable
-- Open posts by authors who are not answered any more.
update reply_opportunities o set state = 'filtered', reason = 'unanswerable', changed_at = %(now)s
where o.state = 'open' and exists (select from unanswerable_authors u where u.handle = lower(o.handle));

-- name: pool_problems
-- What must not be among the open posts of the pool.
select count(*) as open_posts,
    count(*) filter (where lower(handle) = lower(%(own)s)) as own,
    count(*) filter (where text = '') as without_text,
    (
        select count(*) from reply_opportunities o
        join opportunity_readings a using (x_post_id) join opportunity_readings b using (x_post_id)
        where o.state = 'open' and not o.inbound and o.expires_at > %(now)s
            and b.read_at > a.read_at and b.views < a.views
    ) as falling
from reply_opportunities where state = 'open' and not inbound and expires_at > %(now)s;

-- name: engagements_without_evidence
-- Engagements of the last month that name no post though they are about one, or lie in the future.
select count(*) as problems from engagements
where engaged_at > %(now)s::timestamptz - interval '30 days'
    and (engaged_at > %(now)s::timestamptz + interval '1 hour' or (x_post_id = '') is distinct from (kind = 'follow'));

-- name: opportunity_of
-- What became of one post.
select state, reason, source, post_id from reply_opportunities where x_post_id = %(x_post_id)s;
