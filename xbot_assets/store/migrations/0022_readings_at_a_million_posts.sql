-- When a post is read next is written when it is read, readings are lean, and what counts posts need not look at them.

create table reading_schedule (
    -- One row a published post: its newest counts and when they are asked for next. Apart from posts, whose rows are wide
    -- and in many indexes, because this one changes with every reading.
    post_id bigint primary key references posts (id),
    published_at timestamptz not null,
    next_read_at timestamptz, -- null: X no longer shows the post
    looked_at timestamptz, -- last asked for, read or not
    read_at timestamptz, -- last read; null: never, and the counts are null with it
    unchanged_readings integer not null default 0 check (unchanged_readings >= 0), -- in a row, up to the newest
    falls integer not null default 0 check (falls >= 0), -- readings in a row with fewer views than these; not stored
    has_outcome boolean not null default false,
    replies integer check (replies >= 0),
    reposts integer check (reposts >= 0),
    likes integer check (likes >= 0),
    bookmarks integer check (bookmarks >= 0),
    views bigint check (views >= 0) -- the last that were shown
);

create table lean_post_metrics (
    -- Append-only. The post's id on X and its age at the reading follow from the post.
    post_id bigint not null references posts (id),
    read_at timestamptz not null,
    views bigint check (views >= 0), -- null: not shown
    replies integer not null check (replies >= 0),
    reposts integer not null check (reposts >= 0),
    likes integer not null check (likes >= 0),
    bookmarks integer not null check (bookmarks >= 0),
    label text, -- what the page said, where something did not agree; null: all agreed
    primary key (post_id, read_at)
);
insert into lean_post_metrics (post_id, read_at, views, replies, reposts, likes, bookmarks, label)
select distinct on (m.post_id, m.read_at)
    m.post_id, m.read_at, m.views, least(m.replies, 2147483647), least(m.reposts, 2147483647),
    least(m.likes, 2147483647), least(m.bookmarks, 2147483647), case when m.likes > m.views then m.label end
from post_metrics m
order by m.post_id, m.read_at, m.id desc;

-- An outcome names the reading that it was made from by its own key, and may outlive it.
alter table engagement_outcomes add column read_at timestamptz;
update engagement_outcomes e set read_at = m.read_at from post_metrics m where m.id = e.metrics_id;
alter table engagement_outcomes alter column read_at set not null, drop column metrics_id;

drop table post_metrics;
alter table lean_post_metrics rename to post_metrics;
alter table post_metrics rename constraint lean_post_metrics_pkey to post_metrics_pkey;

-- A post that was read is due again after a day at most: the first reading writes its cadence.
insert into reading_schedule (
    post_id, published_at, next_read_at, looked_at, read_at, has_outcome, replies, reposts, likes, bookmarks, views
)
select p.id, p.published_at,
    case
        when p.removed_at is not null then null
        when p.metrics_looked_at is null then p.published_at
        when p.published_at > p.metrics_looked_at - interval '1 day' then p.metrics_looked_at + interval '20 minutes'
        when p.published_at > p.metrics_looked_at - interval '7 days' then p.metrics_looked_at + interval '2 hours'
        else p.metrics_looked_at + interval '1 day'
    end,
    p.metrics_looked_at, m.read_at, exists (select from engagement_outcomes e where e.post_id = p.id),
    m.replies, m.reposts, m.likes, m.bookmarks, m.views
from posts p
left join (
    select distinct on (post_id) post_id, read_at, replies, reposts, likes, bookmarks, views
    from post_metrics order by post_id, read_at desc
) m on m.post_id = p.id
where p.status = 'published';
create index reading_schedule_first on reading_schedule (next_read_at, post_id)
    where read_at is null and next_read_at is not null;
create index reading_schedule_again on reading_schedule (next_read_at, post_id)
    where read_at is not null and next_read_at is not null;
create index reading_schedule_without_outcome on reading_schedule (published_at, post_id) where not has_outcome;
alter table posts drop column metrics_looked_at, drop column metrics_read_at; -- and posts_to_measure with them

create function keep_reading_schedule() returns trigger
-- A published post gets its row, due at once; X showing it no longer, or again, is what ends and begins its readings.
language plpgsql set search_path from current as $$
begin
    if tg_op = 'INSERT' or old.status is distinct from 'published' then
        insert into reading_schedule (post_id, published_at, next_read_at)
        values (new.id, new.published_at, case when new.removed_at is null then new.published_at end)
        on conflict (post_id) do nothing;
    else
        update reading_schedule
        set next_read_at = case when new.removed_at is null then coalesce(new.visibility_checked_at, new.published_at) end
        where post_id = new.id;
    end if;
    return null;
end;
$$;
create trigger posts_inserted_published after insert on posts for each row
    when (new.status = 'published') execute function keep_reading_schedule();
create trigger posts_became_published after update on posts for each row
    when (
        new.status = 'published' and (
            old.status is distinct from 'published' or (old.removed_at is null) is distinct from (new.removed_at is null)
        )
    )
    execute function keep_reading_schedule();

create table quarantined_readings (
    -- Append-only: what a page said and cannot be, with what was known; nothing learns from it.
    id bigint generated always as identity primary key,
    post_id bigint references posts (id), -- null: of no post that was asked for
    read_at timestamptz not null,
    problem text not null check (problem in ('another_post', 'twice', 'out_of_range', 'falling_views')),
    reason text not null,
    evidence jsonb not null
);
create index quarantined_readings_read_at on quarantined_readings (read_at);

create table reading_batches (
    -- Append-only: how much of what one operation asked for was read.
    id bigint generated always as identity primary key,
    read_at timestamptz not null,
    asked integer not null check (asked > 0),
    posts_read integer not null check (posts_read between 0 and asked)
);

create table post_tallies (
    -- How many posts are in each state, and what those on X earned: the sums of these rows. Whoever changes posts adds
    -- a row and never changes one, so that nobody waits for another; now and then the rows are folded into their sums.
    id bigint generated always as identity primary key,
    folded boolean not null default false,
    status text not null,
    topic text not null,
    format text not null,
    posts bigint not null default 0,
    likes bigint not null default 0,
    replies bigint not null default 0,
    views bigint not null default 0,
    best_likes bigint not null default 0 -- the most that one post was read with; of several rows the greatest
);
insert into post_tallies (folded, status, topic, format, posts, likes, replies, views, best_likes)
select true, p.status, p.topic, p.format, count(*), coalesce(sum(s.likes), 0), coalesce(sum(s.replies), 0),
    coalesce(sum(s.views), 0), coalesce(max(s.likes), 0)
from posts p left join reading_schedule s on s.post_id = p.id
group by p.status, p.topic, p.format;

create function tally_posts() returns trigger
language plpgsql set search_path from current as $$
begin
    if tg_op = 'INSERT' then
        insert into post_tallies (status, topic, format, posts)
        select status, topic, format, count(*) from after_rows group by status, topic, format;
    elsif tg_op = 'TRUNCATE' then
        delete from post_tallies;
    elsif tg_op = 'DELETE' then
        insert into post_tallies (status, topic, format, posts)
        select status, topic, format, -count(*) from before_rows group by status, topic, format;
    else
        insert into post_tallies (status, topic, format, posts)
        select status, topic, format, sum(change)
        from (
            select status, topic, format, 1 as change from after_rows
            union all select status, topic, format, -1 from before_rows
        ) changed
        group by status, topic, format having sum(change) <> 0;
    end if;
    return null;
end;
$$;
create trigger posts_tallied_insert after insert on posts referencing new table as after_rows
    for each statement execute function tally_posts();
create trigger posts_tallied_update after update on posts referencing old table as before_rows new table as after_rows
    for each statement execute function tally_posts();
create trigger posts_tallied_truncate after truncate on posts for each statement execute function tally_posts();
create trigger posts_tallied_delete after delete on posts referencing old table as before_rows
    for each statement execute function tally_posts();

create function tally_counts() returns trigger
language plpgsql set search_path from current as $$
begin
    insert into post_tallies (status, topic, format, likes, replies, views, best_likes)
    select p.status, p.topic, p.format, sum(coalesce(a.likes, 0) - coalesce(b.likes, 0)),
        sum(coalesce(a.replies, 0) - coalesce(b.replies, 0)), sum(coalesce(a.views, 0) - coalesce(b.views, 0)),
        max(coalesce(a.likes, 0))
    from after_rows a join before_rows b using (post_id) join posts p on p.id = a.post_id
    where (a.likes, a.replies, a.views) is distinct from (b.likes, b.replies, b.views)
    group by p.status, p.topic, p.format;
    return null;
end;
$$;
create trigger reading_schedule_tallied after update on reading_schedule
    referencing old table as before_rows new table as after_rows
    for each statement execute function tally_counts();

create function fold_post_tallies() returns trigger
-- Every 200 rows or so. What another transaction folds, or has not stored yet, is left alone.
language plpgsql set search_path from current as $$
begin
    if exists (select from after_rows where not folded and id % 200 = 0) then
        with gone as (
            delete from post_tallies
            where id in (select id from post_tallies for update skip locked)
            returning status, topic, format, posts, likes, replies, views, best_likes
        )
        insert into post_tallies (folded, status, topic, format, posts, likes, replies, views, best_likes)
        select true, status, topic, format, sum(posts), sum(likes), sum(replies), sum(views), max(best_likes)
        from gone group by status, topic, format
        having (sum(posts), sum(likes), sum(replies), sum(views)) is distinct from (0, 0, 0, 0);
    end if;
    return null;
end;
$$;
create trigger post_tallies_folded after insert on post_tallies referencing new table as after_rows
    for each statement execute function fold_post_tallies();

-- A person knows that X took a post back: written there instead of looked up in the post's events.
alter table posts add column removal_known_at timestamptz;
update posts p set removal_known_at = p.removed_at
where removed_at is not null and exists (
    select from post_events where post_id = p.id and decision = 'not_on_x' and happened_at >= p.removed_at
);
create index posts_open_removals on posts (removed_at desc, id)
    where removed_at is not null and removal_known_at is null;

-- What ticks and pages look for among a million posts.
create index posts_waiting_segments on posts (thread_id, segment) where status = 'queued' and segment > 0;
create index post_events_armed on post_events (happened_at) where to_status = 'armed';
create index posts_judged_against on posts (coalesce(published_at, planned_at))
    where status not in ('failed', 'retired');
create index browser_operations_unfinished on browser_operations (requested_at) where ended_at is null;
