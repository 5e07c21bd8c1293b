-- What the owner is still writing. A draft is no post: no rule looks at it, nothing publishes it, and no row of posts says
-- anything of it before its owner queues it.

create table drafts (
    id bigint generated always as identity primary key,
    texts text[] not null check (cardinality(texts) between 1 and 25), -- several are a thread
    planned_for timestamptz, -- product time that it is meant for; null: none yet
    saved_by text not null,
    saved_at timestamptz not null, -- product time
    revision integer not null default 1 check (revision > 0) -- grows with every save: of two people one is told
);
create index drafts_newest on drafts (saved_at desc, id desc);
create index drafts_planned on drafts (planned_for) where planned_for is not null;
