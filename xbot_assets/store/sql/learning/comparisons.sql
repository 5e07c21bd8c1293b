-- What champions and challengers are compared on.

-- name: compared_posts
-- A page of posts with an outcome that were planned after a time, in the order in which their outcomes became known: a
-- sequence that is looked at again may only grow at its end.
select p.id as post_id, p.topic, p.format, p.features, p.source, p.propensity, p.arm_chances, p.bandit_version_id,
    p.tested_version_id, p.planned_at, p.published_at, p.removed_at is not null as removed, e.reward
from engagement_outcomes e join posts p on p.id = e.post_id
where e.computed_at between %(first)s and %(last)s and p.planned_at > %(since)s
order by e.computed_at, p.id;

-- name: text_choices
-- The newest posts whose text was taken from several, with what each earned when it is known.
select p.id as post_id, p.text_candidates as candidates, p.text_propensity as chance, e.reward
from posts p left join engagement_outcomes e on e.post_id = p.id and p.removed_at is null
where p.text_candidates is not null
order by p.id desc limit %(limit)s;

-- name: bandit_versions_at
-- The newest bandit version of a rule at each of some times; none for times before the first.
select t.at, v.id, v.parameters
from unnest(%(times)s::timestamptz[]) as t (at)
cross join lateral (
    select id, parameters from model_versions
    where kind = 'bandit' and coalesce(parameters ->> 'rule', 'steady') = %(rule)s and trained_at <= t.at
    order by trained_at desc, version desc limit 1
) v;

-- name: newest_of_rule
-- The newest bandit version of a rule.
select id, kind, version, parameters, evaluation, outcomes_used, trained_at
from model_versions
where kind = 'bandit' and coalesce(parameters ->> 'rule', 'steady') = %(rule)s
order by version desc limit 1;

-- name: challenger
-- Who is compared with the champion of a kind, and since when.
select v.id, v.kind, v.version, v.parameters, v.evaluation, v.outcomes_used, v.trained_at, c.since, c.share
from challengers c join model_versions v on v.id = c.version_id
where c.kind = %(kind)s;

-- name: set_challenger
-- Begin to compare a version with the champion.
insert into challengers (kind, version_id, since, share) values (%(kind)s, %(id)s, %(now)s, %(share)s)
on conflict (kind) do update set
    version_id = excluded.version_id, since = excluded.since, share = excluded.share;

-- name: lock_champions
-- One decision about a kind at a time. Its own statement, so that the next one sees what was decided before it.
select pg_advisory_xact_lock(hashtext('xbot champions ' || %(kind)s::text));

-- name: last_flip
-- When the champion of a kind was last changed for another by what posts showed.
select max(promoted_at) as at from champion_events
where kind = %(kind)s and verdict in ('promoted', 'rolled_back');

-- name: has_been_champion
-- Whether a version was ever seated.
select 1 as was from champion_events
where version_id = %(id)s and verdict in ('first', 'refreshed', 'promoted', 'rolled_back') limit 1;

-- name: note_champion_event
-- Note a decision that leaves the champion, unless it is the very one that was noted last.
insert into champion_events (kind, version_id, promoted_at, reason, verdict, evidence)
select %(kind)s, c.version_id, %(now)s, %(reason)s, %(verdict)s, %(evidence)s::jsonb
from champions c
where c.kind = %(kind)s and not exists (
    select 1 from (
        select version_id, reason, verdict from champion_events where kind = %(kind)s order by id desc limit 1
    ) last
    where last.version_id = c.version_id and last.reason = %(reason)s and last.verdict = %(verdict)s
)
returning id;
