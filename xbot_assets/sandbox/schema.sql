-- The sandbox's own state. One file, one process. Times are ISO 8601 UTC with milliseconds, so they sort as text.
create table if not exists meta (name text primary key, value text not null) strict;
create table if not exists faults (name text primary key, value text not null) strict;
create table if not exists accounts (
    id text primary key,
    handle text not null collate nocase unique,
    name text not null,
    bio text not null default '',
    location text not null default '',
    website text not null default '',
    joined_at text not null,
    followers integer not null default 0,
    following integer not null default 0,
    verified integer not null default 0,
    pinned_id text,
    origin text not null check (origin in ('world', 'reader', 'session'))
) strict;
create table if not exists sessions (
    auth_token text primary key,
    csrf text not null,
    account_id text not null references accounts (id),
    created_at text not null
) strict;
create table if not exists posts (
    id text primary key,
    account_id text not null references accounts (id),
    text text not null,
    created_at text not null,
    visible_at text not null,
    removed_at text,
    in_reply_to text,
    conversation_id text not null,
    quoted_id text,
    reposted_id text,
    media text not null default '[]',
    lang text not null default 'en',
    edited integer not null default 0,
    promoted integer not null default 0,
    author_followers integer not null,
    origin text not null check (origin in ('world', 'reader', 'web'))
) strict;
create index if not exists posts_by_account on posts (account_id, created_at);
create index if not exists posts_by_time on posts (created_at);
create index if not exists posts_by_parent on posts (in_reply_to, created_at);
create index if not exists posts_by_conversation on posts (conversation_id, created_at);
create table if not exists media (
    id text primary key,
    account_id text not null,
    content_type text not null,
    body blob not null
) strict;
create table if not exists uploads (
    id text primary key,
    account_id text not null,
    content_type text not null,
    total_bytes integer not null,
    body blob not null default x'', -- empty once finished: the image is then in media
    created_at text not null,
    ready_at real, -- unix seconds of real time; null until finished
    sha256 text not null default '',
    alt text not null default '',
    used integer not null default 0
) strict;
create index if not exists uploads_by_account on uploads (account_id, used, id);
create table if not exists marks (
    account_id text not null,
    post_id text not null,
    kind text not null check (kind in ('like', 'bookmark', 'repost')),
    primary key (account_id, post_id, kind)
) strict;
create table if not exists follows (
    account_id text not null,
    target_id text not null,
    primary key (account_id, target_id)
) strict;
create table if not exists links (code text primary key, url text not null) strict;
create table if not exists sensitive_posts (post_id text primary key) strict;
create table if not exists automated_accounts (account_id text primary key) strict;
create table if not exists blocks (
    account_id text not null,
    target_id text not null,
    primary key (account_id, target_id)
) strict;
create table if not exists acts ( -- what people did with our accounts without writing, as notifications tell it
    account_id text not null,
    kind text not null check (kind in ('like', 'repost', 'follow')),
    target_id text not null, -- the account that is told
    post_id text not null default '', -- empty for a follow
    acted_at text not null,
    primary key (account_id, kind, target_id, post_id)
) strict;
