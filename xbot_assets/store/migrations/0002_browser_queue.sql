-- Who waits for the browser, sampled over time. Real time throughout, as browser_operations.

create table browser_queue_samples (
    sampled_at timestamptz not null,
    lane text not null check (lane in ('critical', 'high', 'low')),
    waiting integer not null check (waiting >= 0),
    oldest_seconds double precision not null check (oldest_seconds >= 0),
    primary key (sampled_at, lane)
);
