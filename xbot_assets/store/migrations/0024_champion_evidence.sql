-- Learned models prove themselves: what each choice was made by, who is tested against the champion, and what was shown.

-- Topic to format to chance, of every arm that was open when the post's arm was chosen; null: not recorded.
alter table posts add column arm_chances jsonb check (jsonb_typeof(arm_chances) = 'object');

alter table champion_events
    add column verdict text not null default 'promoted' check (
        verdict in ('first', 'refreshed', 'promoted', 'rolled_back', 'stays', 'cannot_tell', 'dropped', 'held')
    ),
    add column evidence jsonb not null default '{}' check (jsonb_typeof(evidence) = 'object');

create table challengers (
    -- The version of a kind that is being compared with its champion, on posts planned after "since".
    kind text primary key check (kind in ('bandit', 'predictor')),
    version_id bigint not null references model_versions (id),
    since timestamptz not null -- product time
);
