-- Readings are kept by the month (UTC) in which they were made: a month that is too old is dropped, which takes a moment,
-- where deleting its rows took seconds. No key points at posts: making and dropping a month would lock that table.

alter table post_metrics rename to post_metrics_before_months;
alter table post_metrics_before_months rename constraint post_metrics_pkey to post_metrics_before_months_pkey;
alter table post_metrics_before_months rename constraint lean_post_metrics_views_check to post_metrics_views_check;
alter table post_metrics_before_months rename constraint lean_post_metrics_replies_check to post_metrics_replies_check;
alter table post_metrics_before_months rename constraint lean_post_metrics_reposts_check to post_metrics_reposts_check;
alter table post_metrics_before_months rename constraint lean_post_metrics_likes_check to post_metrics_likes_check;
alter table post_metrics_before_months rename constraint lean_post_metrics_bookmarks_check to post_metrics_bookmarks_check;
alter table post_metrics_before_months drop constraint lean_post_metrics_post_id_fkey;
drop index post_metrics_read_at;

create table post_metrics (
    -- Append-only; of posts that have a row in reading_schedule. The post's id on X and its age follow from the post.
    -- The constraints have names because a part has to have those of the same names.
    post_id bigint not null,
    read_at timestamptz not null,
    views bigint constraint post_metrics_views_check check (views >= 0), -- null: not shown
    replies integer not null constraint post_metrics_replies_check check (replies >= 0),
    reposts integer not null constraint post_metrics_reposts_check check (reposts >= 0),
    likes integer not null constraint post_metrics_likes_check check (likes >= 0),
    bookmarks integer not null constraint post_metrics_bookmarks_check check (bookmarks >= 0),
    label text, -- what the page said, where something did not agree; null: all agreed
    primary key (post_id, read_at)
) partition by range (read_at);

create view reading_months as
-- The parts of post_metrics: from when, null for the beginning of time, until before when.
select c.relname::text as name,
    substring(pg_get_expr(c.relpartbound, c.oid) from $$FROM \('([^']+)'\)$$)::timestamptz as starts_at,
    substring(pg_get_expr(c.relpartbound, c.oid) from $$TO \('([^']+)'\)$$)::timestamptz as ends_at
from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'post_metrics'::regclass;

create function make_reading_month(at timestamptz) returns void
-- Make the part for the month of a time, unless some part has it. Readers and writers of other parts go on.
language plpgsql set search_path from current as $$
declare
    first timestamp := date_trunc('month', at at time zone 'UTC');
    part text := 'post_metrics_' || to_char(first, 'YYYY_MM');
begin
    for attempt in 1..2 loop
        if exists (select from reading_months where at < ends_at and (starts_at is null or at >= starts_at)) then
            return;
        end if;
        -- Whoever else makes one now is waited for; then it may be there.
        perform pg_advisory_xact_lock(hashtext('xbot reading months'));
    end loop;
    execute format('create table %I (like post_metrics including all)', part);
    execute format(
        'alter table post_metrics attach partition %I for values from (%L) to (%L)',
        part, first at time zone 'UTC', (first + interval '1 month') at time zone 'UTC'
    );
end;
$$;

create function drop_reading_months(before timestamptz) returns bigint
-- Drop what is wholly older than a time; return how many readings went. Who waits for the table waits a second at most:
-- while somebody reads it for longer, nothing is dropped, and the next purge tries again.
language plpgsql set search_path from current set lock_timeout = '1s' as $$
declare
    part text;
    readings bigint;
    gone bigint := 0;
begin
    for part in select name from reading_months where ends_at <= before order by ends_at loop
        execute format('select count(*) from %I', part) into readings;
        execute format('alter table post_metrics detach partition %I', part);
        execute format('drop table %I', part);
        gone := gone + readings;
    end loop;
    return gone;
exception when lock_not_available then
    return 0;
end;
$$;

do $$
-- What there is becomes the first part, as it is: no row is written anew.
declare
    ends_at timestamptz := (
        select (date_trunc('month', max(read_at) at time zone 'UTC') + interval '1 month') at time zone 'UTC'
        from post_metrics_before_months
    );
begin
    if ends_at is null then
        drop table post_metrics_before_months;
    else
        execute format(
            'alter table post_metrics attach partition post_metrics_before_months for values from (minvalue) to (%L)',
            ends_at
        );
    end if;
end;
$$;
