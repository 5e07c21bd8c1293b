-- What looking at X says of posts: in doubt, removed after they were accepted, or known to X alone.

alter table posts
    -- A post in doubt goes back to the queue once, after looks that surely said "not there"; never twice.
    add column requeues integer not null default 0 check (requeues between 0 and 1),
    add column first_absent_at timestamptz, -- the first of those looks
    -- After publication: when X was last asked whether it still shows the post, and since when it does not.
    add column visibility_checked_at timestamptz,
    add column missing_since timestamptz,
    add column removed_at timestamptz,
    add constraint posts_removed_check check (removed_at is null or status = 'published');
create index posts_to_verify on posts (published_at) where status = 'published' and removed_at is null;

alter table post_events drop constraint post_events_decision_check;
alter table post_events add constraint post_events_decision_check check (
    decision in ('approved', 'edited', 'rejected', 'rescheduled', 'found_on_x', 'not_on_x')
);

create table phantom_posts (
    -- Posts on the account's own timeline that the queue has no row for: by the owner's hand, or a doubled one.
    x_post_id text primary key check (x_post_id ~ '^\d+$'),
    text text not null,
    permalink text not null,
    created_at timestamptz,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    resembles_post_id bigint references posts (id), -- a row with the same fingerprint: a doubled post
    acknowledged_by text,
    acknowledged_at timestamptz,
    check ((acknowledged_by is null) = (acknowledged_at is null))
);

create table timeline_reconciliations (
    -- Append-only: one row a comparison of the timeline with the queue, in both directions.
    id bigint generated always as identity primary key,
    compared_at timestamptz not null,
    posts_seen integer not null check (posts_seen >= 0),
    covers_since timestamptz, -- the oldest time that the look surely covered; null: it covered nothing
    confirmed integer not null check (confirmed >= 0),
    phantoms integer not null check (phantoms >= 0),
    missing integer not null check (missing >= 0)
);
