-- When X's pages change, reading stops until one probe at a time can read them again; the page is kept as evidence.

insert into breakers (name) values ('reading');

alter table reading_batches
    add column looked integer not null default 0 check (looked >= 0), -- posts whose page was looked at, odd ones left out
    add column unparsed integer not null default 0 check (unparsed between 0 and looked), -- of these: page or counts unread
    add column changed boolean not null default false, -- so many that X's page has changed: no measure of what is usual
    add column compared integer not null default 0 check (compared >= 0), -- posts told of by page and data alike
    add column disagreed integer not null default 0 check (disagreed between 0 and compared);

alter table quarantined_readings drop constraint quarantined_readings_problem_check;
alter table quarantined_readings add constraint quarantined_readings_problem_check check (
    problem in ('another_post', 'twice', 'out_of_range', 'falling_views', 'sources_disagree')
);

create table page_evidence (
    -- Append-only: pages that could not be read, without what belongs to the session.
    id bigint generated always as identity primary key,
    seen_at timestamptz not null,
    operation text not null,
    path text not null,
    reason text not null,
    outline text not null
);
