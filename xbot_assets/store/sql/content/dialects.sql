-- What the servers of the language model's API take.

-- name: recall_dialect
-- What was learned of one model.
select answer_format, spells_schema, limit_name, takes_seed, effort, allows_thinking, answered, most_completion, overran
from llm_dialects where account = %(account)s and model = %(model)s;

-- name: remember_dialect
-- Keep what was learned; the most that was ever billed stays, whoever else learned meanwhile.
insert into llm_dialects (
    account, model, answer_format, spells_schema, limit_name, takes_seed, effort, allows_thinking, answered,
    most_completion, overran, learned_at
) values (
    %(account)s, %(model)s, %(answer_format)s, %(spells_schema)s, %(limit_name)s, %(takes_seed)s, %(effort)s,
    %(allows_thinking)s, %(answered)s, %(most_completion)s, %(overran)s, %(now)s
)
on conflict (account, model) do update set
    answer_format = excluded.answer_format, spells_schema = excluded.spells_schema,
    limit_name = excluded.limit_name, takes_seed = excluded.takes_seed, effort = excluded.effort,
    allows_thinking = excluded.allows_thinking, answered = llm_dialects.answered or excluded.answered,
    most_completion = greatest(llm_dialects.most_completion, excluded.most_completion),
    overran = llm_dialects.overran or excluded.overran, learned_at = excluded.learned_at;

-- name: forget_dialect
-- Begin anew with one model.
delete from llm_dialects where account = %(account)s and model = %(model)s;
