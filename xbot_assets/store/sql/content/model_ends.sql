-- Announced ends of models, and the successions that were told.

-- name: claim_model_look
-- Take the look at the API's list of models that is due now; no row when another process has it or it is not due.
insert into model_looks (account, looked_at) values (%(account)s, %(now)s)
on conflict (account) do update set looked_at = excluded.looked_at, problem = null
where model_looks.looked_at <= %(due)s
returning account;

-- name: note_look_problem
-- The list could not be read; what it said before still stands.
update model_looks set problem = %(problem)s where account = %(account)s;

-- name: forget_model_ends
-- A new list replaces all of the old one: an end may be withdrawn.
delete from model_ends where account = %(account)s;

-- name: add_model_end
-- One announced end.
insert into model_ends (account, model, ends_on) values (%(account)s, %(model)s, %(ends_on)s);

-- name: model_ends
-- The ends that the API announced when it was last looked at.
select model, ends_on from model_ends where account = %(account)s order by model;

-- name: note_succession
-- Note that the owner is told of a succession; no row when that was done before.
insert into model_successions (model, successor, told_at) values (%(model)s, %(successor)s, %(now)s)
on conflict do nothing
returning model;
