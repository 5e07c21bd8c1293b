-- After a backup was restored nothing is published until the own timeline was compared with the restored queue.

create table restorations (
    -- One row a restore.
    id bigint generated always as identity primary key,
    taken_at timestamptz not null, -- when the backup was made
    restored_at timestamptz not null,
    first_covered_at timestamptz, -- the first look at the timeline that surely showed everything since the backup
    settled_at timestamptz -- a later such look: what was published since is known
);

alter table publishing_holds drop constraint publishing_holds_lifted_how_check;
alter table publishing_holds add constraint publishing_holds_lifted_how_check check (
    lifted_how in ('resumed', 'disproved', 'compared')
);
