-- What was read whole, or far, among a million posts.

-- Posts are compared in the order in which their outcomes became known, a page at a time.
create index engagement_outcomes_computed_at on engagement_outcomes (computed_at);

-- What a channel took last, and what waits for it.
create index alert_deliveries_of_channel on alert_deliveries (channel, sent_at);
