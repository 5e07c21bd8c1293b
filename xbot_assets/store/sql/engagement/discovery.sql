-- Accounts that may be worth looking at.

-- name: note_account_signals
-- Keep whom a tracked account answers and quotes; a post that was seen before says nothing new.
insert into account_signals (handle, by_handle, x_post_id, kind, seen_at)
select lower(r.handle), lower(%(by)s), r.x_post_id, r.kind, %(now)s
from jsonb_to_recordset(%(rows)s::jsonb) as r (position integer, handle text, x_post_id text, kind text)
where lower(r.handle) not in (lower(%(by)s), lower(%(own)s))
order by r.position
on conflict do nothing;

-- name: discovered_accounts
-- Who did most lately, best first: neither ourselves nor whoever is tracked, banned or never answered.
select handle, score, deeds, last_at
from (
    select d.handle, count(*) as deeds, max(d.at) as last_at,
        sum(
            (%(weights)s::jsonb ->> d.kind)::double precision
            * power(0.5, greatest(0, extract(epoch from %(now)s::timestamptz - d.at)::double precision) / %(half_life)s)
        ) as score
    from (
        select lower(handle) as handle, kind, engaged_at as at from engagements where engaged_at > %(since)s
        union all
        select handle, kind, seen_at from account_signals where seen_at > %(since)s
    ) d
    where d.handle <> lower(%(own)s)
        and not exists (select from tracked_accounts t where t.handle = d.handle)
        and not exists (select from banned_accounts b where b.handle = d.handle)
        and not exists (select from unanswerable_authors u where u.handle = d.handle)
    group by d.handle
) scored
where score >= %(least)s
order by score desc, handle limit %(most)s;

-- name: ban_account
-- Look at somebody no more, whatever they do.
insert into banned_accounts (handle, banned_at, banned_by) values (lower(%(handle)s), %(now)s, %(by)s)
on conflict (handle) do nothing;

-- name: unban_account
-- Their deeds count again.
delete from banned_accounts where handle = lower(%(handle)s);

-- name: banned_accounts
-- Whom the owner does not want to be looked at.
select handle, banned_at, banned_by from banned_accounts order by handle;
