-- What others talk about and what works for them: trends, news, posts that many liked, posts of other accounts.

create table signals (
    -- One row for each thing that was seen; only the time of its last sighting ever changes.
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('trend', 'news', 'viral_format', 'peer')),
    name text not null check (name <> ''), -- the post's id on X; of a trend or a headline its words
    x_post_id text check (x_post_id ~ '^\d+$'), -- null: it is no post
    handle text check (handle ~ '^\w{1,15}$'), -- the post's author
    about text not null, -- what it was looked for by: a trend, a topic, an account; X's words above a trend
    format text, -- how the post is made, as far as that can be told
    text text not null check (text <> ''), -- a stranger's words, whole
    created_at timestamptz, -- when it was posted
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null check (last_seen_at >= first_seen_at),
    unique (kind, name),
    check ((x_post_id is null) = (handle is null)),
    check (x_post_id is null or (x_post_id = name and created_at is not null))
);
create index signals_newest on signals (kind, last_seen_at desc);
create index signals_last_seen_at on signals (last_seen_at);
create index signals_posts on signals (x_post_id) where x_post_id is not null;

create table signal_sightings (
    -- Append-only: what was told of a thing each time it was seen; null: the page did not tell.
    signal_id bigint not null references signals (id) on delete cascade,
    seen_at timestamptz not null,
    rank integer check (rank >= 1), -- its place in the list
    posts bigint check (posts >= 0), -- posts about it, as X counts them
    likes integer check (likes >= 0),
    reposts integer check (reposts >= 0),
    replies integer check (replies >= 0),
    views bigint check (views >= 0),
    primary key (signal_id, seen_at)
);
create index signal_sightings_seen_at on signal_sightings (seen_at);

create table signal_readings (
    -- Append-only: what each reading brought.
    reading text not null check (reading in ('high_value', 'background')),
    read_at timestamptz not null,
    seen integer not null check (seen >= 0),
    new integer not null check (new between 0 and seen),
    unread integer not null check (unread >= 0), -- lines of trends without a name that could be read
    primary key (reading, read_at)
);
create index signal_readings_read_at on signal_readings (read_at);

insert into breakers (name) values ('signals');
