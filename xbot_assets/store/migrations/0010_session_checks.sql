-- Whether the stored session was still logged in, each time somebody asked.

create table session_checks (
    id bigint generated always as identity primary key,
    checked_at timestamptz not null,
    state text not null check (state in ('logged_in', 'logged_out', 'locked', 'suspended')),
    handle text -- the account that X showed; null: none
);
create index session_checks_newest on session_checks (checked_at desc);
