-- What a model concluded from signals, a sentence at a time, each with the posts that it rests on.

create table insights (
    -- Append-only: one row for each attempt; without a kept sentence it is none, and the last one that has some stands.
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('expert', 'competitor')),
    made_at timestamptz not null,
    model text not null, -- empty: none was asked
    signals_shown integer not null check (signals_shown >= 0),
    kept integer not null check (kept >= 0),
    why_none text not null, -- why nothing of it is used
    cost_microusd bigint not null check (cost_microusd >= 0),
    check ((kept = 0) = (why_none <> ''))
);
create index insights_newest on insights (kind, made_at desc);

create table insight_sentences (
    insight_id bigint not null references insights (id) on delete cascade,
    position integer not null check (position >= 1),
    text text not null,
    x_post_ids text[] not null, -- of a kept sentence at least one, each stored among the signals when it was made
    dropped text, -- why it is not used; null: it is
    primary key (insight_id, position),
    check (dropped is not null or cardinality(x_post_ids) > 0)
);
