-- What the gates judged, the emergency pool, and the templates already used.

alter table posts drop constraint posts_status_check, add constraint posts_status_check check (
    status in (
        'queued', 'claimed', 'armed', 'published', 'unconfirmed', 'failed', 'shadowed', 'emergency_pool', 'retired'
    )
);
alter table posts drop constraint posts_source_check, add constraint posts_source_check check (
    source in ('llm', 'manual', 'pool', 'template')
);
create unique index posts_one_pooled_text on posts (fingerprint) where status = 'emergency_pool';
create index posts_pooled on posts (planned_at, id) where status = 'emergency_pool';

create table post_judgements (
    -- Append-only: every text that was judged, with what refused it. The owner may read the text; logs never hold it.
    id bigint generated always as identity primary key,
    judged_at timestamptz not null,
    text text not null,
    topic text not null,
    format text not null,
    purpose text not null,
    model text, -- null: not written by a language model
    gate text, -- null: it passed
    reason text,
    check ((gate is null) = (reason is null))
);
create index post_judgements_judged_at on post_judgements (judged_at);

create table template_uses (
    -- Append-only: which template, filled with what, became which post.
    id bigint generated always as identity primary key,
    template text not null,
    subject text not null,
    post_id bigint not null references posts (id),
    used_at timestamptz not null
);
create index template_uses_used_at on template_uses (used_at);
