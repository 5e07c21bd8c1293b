-- Whom the product does not answer, whom it follows for opportunities, and where it has looked.

-- name: note_unanswerable
-- Never answer somebody again; who is known already stays as first noted.
insert into unanswerable_authors (handle, why, x_post_id, noted_at, noted_by)
select lower(r.handle), r.why, r.x_post_id, %(now)s, %(by)s
from jsonb_to_recordset(%(rows)s::jsonb) as r (position integer, handle text, why text, x_post_id text)
on conflict (handle) do nothing;

-- name: forget_unanswerable
-- The owner lets somebody be answered again.
delete from unanswerable_authors where handle = lower(%(handle)s);

-- name: unanswerable_authors
-- Everybody who is not answered.
select handle, why, x_post_id, noted_at, noted_by from unanswerable_authors order by noted_at desc, handle;

-- name: unanswerable_among
-- Which of these authors are not answered.
select handle from unanswerable_authors where handle = any (%(handles)s::text[]);

-- name: note_quick_answerers
-- Accounts that answered several of our posts within seconds each are bots, whatever their profile says.
insert into unanswerable_authors (handle, why, x_post_id, noted_at)
select lower(o.handle), 'bot', max(o.x_post_id), %(now)s
from reply_opportunities o join posts p on p.x_post_id = o.in_reply_to
where o.source = 'reply' and o.created_at >= %(since)s
    and o.created_at - p.published_at <= make_interval(secs => %(seconds)s)
group by 1 having count(*) >= %(answers)s
on conflict (handle) do nothing;

-- name: reply_authors
-- What the rules of replying ask of each of these authors; waiting replies count like those that are out.
select a.handle,
    (select max(engaged_at) from engagements where lower(handle) = a.handle) as engaged_at,
    (select why from unanswerable_authors u where u.handle = a.handle) as unanswerable,
    array (
        select coalesce(greatest(armed_at, published_at), scheduled_at) from posts
        where lower(reply_to_handle) = a.handle and reply_to_handle is not null
            and status in ('queued', 'held', 'claimed', 'armed', 'unconfirmed', 'published', 'shadowed')
            and coalesce(greatest(armed_at, published_at), scheduled_at) > %(day_ago)s
        order by 1
    ) as replies_to_author,
    (
        select max(case when status in ('queued', 'held', 'claimed') then %(now)s else greatest(armed_at, published_at) end)
        from posts
        where lower(reply_to_handle) = a.handle and reply_to_handle is not null and (
            status in ('queued', 'held', 'claimed')
            or (
                status in ('armed', 'unconfirmed', 'published', 'shadowed')
                and greatest(armed_at, published_at) > %(day_ago)s
            )
        )
    ) as last_reply_at
from unnest(%(handles)s::text[]) as a (handle);

-- name: track_account
-- Look at somebody's posts for opportunities.
insert into tracked_accounts (handle, added_at, added_by) values (lower(%(handle)s), %(now)s, %(by)s)
on conflict (handle) do nothing;

-- name: untrack_account
-- Look at them no more.
delete from tracked_accounts where handle = lower(%(handle)s);

-- name: tracked_accounts
-- Everybody whose posts are looked at.
select handle, added_at, added_by from tracked_accounts order by handle;

-- name: note_harvest
-- Keep when a place was looked at, and what was there.
insert into harvest_sources (name, read_at, posts_seen, posts_new) values (%(name)s, %(now)s, %(seen)s, %(new)s)
on conflict (name) do update set
    read_at = excluded.read_at, posts_seen = excluded.posts_seen, posts_new = excluded.posts_new;

-- name: harvest_sources
-- Every place that was looked at, the one longest ago first.
select name, read_at, posts_seen, posts_new from harvest_sources order by read_at, name;
