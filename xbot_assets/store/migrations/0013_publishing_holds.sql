-- Holds of publishing are rows of their own; an alert only tells of one, and a person can acknowledge it.

create table publishing_holds (
    -- While one is open nothing is published, whatever became of the alert about it.
    id bigint generated always as identity primary key,
    code text not null, -- of the failure that led to it
    reason text not null,
    remedy text not null,
    since timestamptz not null,
    lifted_at timestamptz,
    lifted_by text, -- the person, or the worker whose session check disproved it
    lifted_how text check (lifted_how in ('resumed', 'disproved')),
    check ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lifted_how is null))
);
create unique index publishing_holds_one_open on publishing_holds (code) where lifted_at is null;

-- Until now an open alert was the hold.
insert into publishing_holds (code, reason, remedy, since)
select substr(key, length('account:') + 1), regexp_replace(reason, '^Publishing is on hold: ', ''),
    regexp_replace(remedy, '\s*Then run ''xbot resume''\.$', ''), raised_at
from alerts where starts_with(key, 'account:') and resolved_at is null order by raised_at, id;

-- Who closed an alert, when it did not end by itself.
alter table alerts
    add column acknowledged_by text,
    add constraint alerts_acknowledged_check check (acknowledged_by is null or resolved_at is not null);

-- The hold tells of X's suspicion; the alert of its own is gone.
with resolved as (
    update alerts set resolved_at = last_seen_at where key = 'pace:looks_automated' and resolved_at is null
    returning id, resolved_at
)
insert into alert_outbox (alert_id, event, created_at) select id, 'resolved', resolved_at from resolved;
