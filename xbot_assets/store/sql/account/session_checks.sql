-- Whether the stored session was still logged in, each time it was asked.

-- name: insert_session_check
-- Keep one answer.
insert into session_checks (checked_at, state, handle) values (%(now)s, %(state)s, %(handle)s);

-- name: last_session_check
-- The newest answer.
select checked_at, state, handle from session_checks order by checked_at desc, id desc limit 1;

-- name: session_states_since
-- Every state that was seen from a moment on.
select distinct state from session_checks where checked_at >= %(since)s;
