-- What each channel was told: a channel that is down neither loses a notice nor has the others told twice.

create table alert_deliveries (
    notice_id bigint not null references alert_outbox (id) on delete cascade,
    channel text not null, -- its kind and a hash of its address, which may hold a secret
    next_attempt_at timestamptz, -- real time: a pause after a refusal, or the time that a sender has for its attempt
    sent_at timestamptz, -- real time
    attempts integer not null default 0,
    last_error text,
    primary key (notice_id, channel)
);

-- A channel keeps its own count now.
alter table alert_outbox drop column attempts, drop column last_error;
