-- What a model concluded from signals.

-- name: store_insight
-- Keep one answer with every sentence, used or not.
with made as (
    insert into insights (kind, made_at, model, signals_shown, kept, why_none, cost_microusd)
    values (%(kind)s, %(now)s, %(model)s, %(shown)s, %(kept)s, %(why)s, %(cost)s)
    returning id
), told as (
    insert into insight_sentences (insight_id, position, text, x_post_ids, dropped)
    select made.id, r.position + 1, r.text, array(select jsonb_array_elements_text(r.x_post_ids)), r.dropped
    from made, jsonb_to_recordset(%(rows)s::jsonb) as r (position integer, text text, x_post_ids jsonb, dropped text)
)
select id from made;

-- name: current_insight
-- The newest answer of a kind with a sentence that may be used.
select id, kind, made_at, model, signals_shown, kept, why_none from insights
where kind = %(kind)s and kept > 0 order by made_at desc limit 1;

-- name: last_insight
-- The newest answer of a kind, used or not.
select id, kind, made_at, model, signals_shown, kept, why_none from insights where kind = %(kind)s order by made_at desc limit 1;

-- name: insight_sentences
-- The sentences of one answer.
select position, text, x_post_ids, dropped from insight_sentences where insight_id = %(id)s order by position;

-- name: insight_problems
-- Sentences in use that rest on nothing, or on a post that is not stored.
select count(*) as uncited from insight_sentences t
where t.insight_id = any (%(ids)s::bigint[]) and t.dropped is null and (
    cardinality(t.x_post_ids) = 0
    or exists (
        select from unnest(t.x_post_ids) as cited (x_post_id)
        where not exists (select from signals s where s.x_post_id = cited.x_post_id)
    )
);
