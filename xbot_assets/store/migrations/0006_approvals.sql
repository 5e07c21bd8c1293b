-- Posts that wait for a person, who decided what, replies and to whom, and what the policy rules refused.

alter table posts drop constraint posts_status_check, add constraint posts_status_check check (
    status in (
        'queued', 'held', 'claimed', 'armed', 'published', 'unconfirmed', 'failed', 'rejected', 'shadowed',
        'emergency_pool', 'retired'
    )
);
alter table posts
    -- A reply: the post on X that it answers, and that post's author. Both or neither.
    add column reply_to_x_id text check (reply_to_x_id ~ '^\d+$'),
    add column reply_to_handle text check (reply_to_handle ~ '^\w{1,15}$'),
    -- SHA-256 of the very text that a person approved. The fingerprint would not do: it forgets links and emoji.
    add column approved_digest text,
    add column approved_by text,
    add column approved_at timestamptz,
    add constraint posts_reply_check check ((reply_to_x_id is null) = (reply_to_handle is null)),
    add constraint posts_approval_check check (
        (approved_digest is null) = (approved_by is null) and (approved_by is null) = (approved_at is null)
    );
create index posts_held on posts (scheduled_at, id) where status = 'held';
create index posts_replies on posts (lower(reply_to_handle), greatest(armed_at, published_at))
    where reply_to_handle is not null;

-- A held text is as good as waiting: it may not be queued a second time meanwhile.
drop index posts_one_open_text;
create unique index posts_one_open_text on posts (fingerprint)
    where status in ('queued', 'held', 'claimed', 'armed', 'unconfirmed');

alter table post_events
    -- Null: the product itself. For a person's decision note says why.
    add column actor text,
    add column decision text check (decision in ('approved', 'edited', 'rejected', 'rescheduled')),
    add column text_before text,
    add constraint post_events_decider check ((decision is null) = (actor is null));
create index post_events_decided on post_events (id) where decision is not null;

create table policy_refusals (
    -- One row a post and rule: a post that waits is refused at every look, and that is one refusal seen often.
    post_id bigint not null references posts (id),
    rule text not null,
    reason text not null,
    refused_until timestamptz,
    first_at timestamptz not null,
    last_at timestamptz not null,
    times integer not null default 1 check (times > 0),
    primary key (post_id, rule)
);

create table engagements (
    -- Who did something with the account or its posts, as it was seen on X.
    handle text not null check (handle ~ '^\w{1,15}$'),
    kind text not null check (kind in ('reply', 'mention', 'quote', 'repost', 'like', 'follow')),
    x_post_id text not null default '', -- where it was seen; empty for a follow
    engaged_at timestamptz not null,
    primary key (handle, kind, x_post_id)
);
create index engagements_newest on engagements (lower(handle), engaged_at desc);

create table account_facts (
    -- What X says about the account itself; the newest reading only. Null: not told.
    handle text primary key,
    created_at timestamptz,
    labelled_automated boolean,
    read_at timestamptz not null
);
