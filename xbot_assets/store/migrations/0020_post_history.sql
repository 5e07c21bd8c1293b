-- What the account wrote before this system, as X's archive tells it. No state of publishing: these are not queued,
-- claimed or counted; they are compared with, so that nothing is written again, and known, so that they are no phantoms.

create table post_history (
    x_post_id text primary key,
    text text not null,
    created_at timestamptz not null,
    in_reply_to text,
    language text,
    likes bigint not null check (likes >= 0),
    reposts bigint not null check (reposts >= 0),
    imported_at timestamptz not null
);
create index post_history_created_at on post_history (created_at);
