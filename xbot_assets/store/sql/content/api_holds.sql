-- Holds on the language model's API: nobody calls while one is in force.

-- name: hold_api
-- Hold an account back; a short wait for speed never replaces a hold that a person must end.
insert into api_holds (account, code, reason, remedy, held_until, probed)
values (%(account)s, %(code)s, %(reason)s, %(remedy)s, %(until)s, %(probed)s)
on conflict (account) do update set
    code = excluded.code, reason = excluded.reason, remedy = excluded.remedy, held_until = excluded.held_until,
    probed = excluded.probed, probe_lease_until = null
where excluded.probed or not api_holds.probed;

-- name: ask_api
-- The hold on an account, and whether the asker is the one who may try it now.
with probe as (
    update api_holds set probe_lease_until = clock_timestamp() + %(lease)s::interval
    where account = %(account)s and probed and held_until <= %(now)s
        and (probe_lease_until is null or probe_lease_until <= clock_timestamp())
    returning account
)
select code, reason, remedy, held_until as until, probed, exists (select from probe) as may_probe
from api_holds where account = %(account)s and (probed or held_until > %(now)s);

-- name: read_api_hold
-- The hold on an account, for showing.
select code, reason, remedy, held_until as until, probed from api_holds
where account = %(account)s and (probed or held_until > %(now)s);

-- name: put_off_probe
-- A probe that learned nothing: the next one comes later.
update api_holds set held_until = %(until)s, probe_lease_until = null where account = %(account)s and probed;

-- name: release_api
-- The account works again.
delete from api_holds where account = %(account)s;
