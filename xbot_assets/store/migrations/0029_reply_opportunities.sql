-- Posts by others that may be answered: what turned to the account, and what was looked for. And replies by hand.

create table reply_opportunities (
    -- One row a post on X, for ever: a post that was decided about is not decided about again.
    x_post_id text primary key check (x_post_id ~ '^\d+$'),
    handle text not null check (handle ~ '^\w{1,15}$'),
    source text not null check (source in ('reply', 'mention', 'quote', 'search', 'tracked')),
    inbound boolean not null generated always as (source in ('reply', 'mention', 'quote')) stored,
    state text not null check (state in ('open', 'filtered', 'expired', 'planned', 'suggested', 'dismissed')),
    reason text not null default '', -- the filter that refused it, or why it was dismissed
    text text not null,
    lang text,
    in_reply_to text,
    conversation_id text not null,
    automated boolean not null default false, -- X's label of its author
    created_at timestamptz not null,
    first_seen_at timestamptz not null,
    expires_at timestamptz not null,
    changed_at timestamptz not null,
    velocity double precision check (velocity >= 0), -- points an hour; null: not read twice yet
    relevance double precision check (relevance between 0 and 1),
    relevance_by text check (relevance_by in ('model', 'keywords')),
    post_id bigint unique references posts (id), -- the reply in the queue
    check ((state = 'planned') = (post_id is not null)),
    check ((relevance is null) = (relevance_by is null))
);
create index reply_opportunities_open on reply_opportunities (inbound, expires_at) where state = 'open';
create index reply_opportunities_of_author on reply_opportunities (lower(handle), created_at);
create index reply_opportunities_of_conversation on reply_opportunities (conversation_id);

create table opportunity_readings (
    -- Append-only; null: the page did not tell.
    x_post_id text not null references reply_opportunities (x_post_id) on delete cascade,
    read_at timestamptz not null,
    likes integer check (likes >= 0),
    reposts integer check (reposts >= 0),
    replies integer check (replies >= 0),
    bookmarks integer check (bookmarks >= 0),
    views bigint check (views >= 0),
    primary key (x_post_id, read_at)
);

create table unanswerable_authors (
    -- Whoever is never answered again, in small letters: they said so, the owner said so, or they are a bot.
    handle text primary key check (handle ~ '^[a-z0-9_]{1,15}$'),
    why text not null check (why in ('stop', 'owner', 'bot')),
    x_post_id text not null default '', -- the evidence
    noted_at timestamptz not null,
    noted_by text -- null: the product itself
);

create table reply_suggestions (
    -- A reply that the product may not post: a person may, by hand.
    x_post_id text primary key references reply_opportunities (x_post_id),
    draft text not null check (draft <> ''),
    why text not null, -- why the product itself does not
    state text not null default 'suggested' check (state in ('suggested', 'copied', 'posted', 'dismissed')),
    llm_call_id bigint references llm_calls (id),
    created_at timestamptz not null,
    changed_at timestamptz not null,
    changed_by text,
    post_id bigint unique references posts (id), -- the row that its numbers are read by, once it was posted
    check ((state = 'posted') = (post_id is not null))
);
create index reply_suggestions_open on reply_suggestions (created_at) where state in ('suggested', 'copied');

create table tracked_accounts (
    handle text primary key check (handle ~ '^[a-z0-9_]{1,15}$'),
    added_at timestamptz not null,
    added_by text
);

create table harvest_sources (
    -- When each place was last looked at: the notifications, one search, one account.
    name text primary key,
    read_at timestamptz not null,
    posts_seen integer not null check (posts_seen >= 0),
    posts_new integer not null check (posts_new >= 0)
);

create table opportunity_counts (
    -- Append-only: how many were open after each harvest.
    counted_at timestamptz primary key,
    open_posts integer not null check (open_posts >= 0)
);

-- No post on X is answered twice, whoever queues the replies; one that surely is not on X stands in nobody's way.
create unique index posts_one_reply on posts (reply_to_x_id)
    where reply_to_x_id is not null and status not in ('failed', 'rejected', 'retired');
create index posts_reply_to on posts (reply_to_x_id) where reply_to_x_id is not null;

insert into breakers (name) values ('harvest');
