-- What learning reads is read in pages: where each of them begins and ends.

-- name: outcome_pages
-- From which post to which the newest outcomes are read at once, newest first: a page has so many at most.
select min(post_id) as first, max(post_id) as last
from (
    select post_id, (row_number() over (order by post_id desc) - 1) / %(page)s as page
    from (select post_id from engagement_outcomes order by post_id desc limit %(limit)s) newest
) numbered
group by page order by page;

-- name: compared_pages
-- From when to when outcomes became known that are read at once, of those after a time, oldest first: a page has about
-- so many. What became known at one moment is on one page. An outcome is known after its post was planned.
select min(computed_at) as first, max(computed_at) as last
from (
    select computed_at, (rank() over (order by computed_at) - 1) / %(page)s as page
    from engagement_outcomes where computed_at > %(since)s
) numbered
group by page order by page;
