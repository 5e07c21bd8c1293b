-- How late a post is counts from the time it was meant for, not from the one that a failure put it off to.

alter table posts add column slot_at timestamptz; -- that time; null: scheduled_at is it
