-- Accounts whose posts may be worth looking at: who engages with us, and whom tracked accounts answer and quote.

create table account_signals (
    -- One row a post of a tracked account that answers or quotes somebody.
    handle text not null check (handle ~ '^[a-z0-9_]{1,15}$'), -- who is answered or quoted, in small letters
    by_handle text not null check (by_handle ~ '^[a-z0-9_]{1,15}$'),
    x_post_id text not null check (x_post_id ~ '^\d+$'),
    kind text not null check (kind in ('answered', 'quoted')),
    seen_at timestamptz not null,
    primary key (handle, by_handle, x_post_id)
);
create index account_signals_seen_at on account_signals (seen_at);

create table banned_accounts (
    -- Whom the owner does not want to be looked at, whatever they do.
    handle text primary key check (handle ~ '^[a-z0-9_]{1,15}$'),
    banned_at timestamptz not null,
    banned_by text not null
);
