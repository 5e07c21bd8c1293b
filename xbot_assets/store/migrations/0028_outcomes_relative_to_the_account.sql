-- An outcome keeps where its post stood on the scale and the account's level then, so that the one definition of the
-- reward can be set, and applied to what was measured before.

alter table engagement_outcomes
    add column score double precision check (score >= 0 and score <= 1),
    add column level double precision check (level >= 0 and level <= 1),
    -- Whether the reward is relative to the level; else it is the score.
    add column is_relative boolean not null default false;
-- What was stored so far was the score; the level is that of domain/learning/outcomes.py with 50 posts.
update engagement_outcomes e set score = e.reward, level = w.level
from (
    select post_id, (2.5 + coalesce(sum(reward) over earlier, 0)) / (5 + count(*) over earlier) as level
    from engagement_outcomes
    window earlier as (order by post_id rows between 50 preceding and 1 preceding)
) w
where w.post_id = e.post_id;
alter table engagement_outcomes alter column score set not null, alter column level set not null;

-- What we answered ourselves is looked up by what it answers.
create index posts_answering on posts (reply_to_x_id) where reply_to_x_id is not null;
