-- Holds of publishing.

-- name: hold_publishing
-- Open a hold; one that is open keeps its beginning.
insert into publishing_holds (code, reason, remedy, since)
values (%(code)s, %(reason)s, %(remedy)s, %(now)s)
on conflict (code) where lifted_at is null do update set reason = excluded.reason, remedy = excluded.remedy;

-- name: open_publishing_holds
-- Holds in force, oldest first.
select code, reason, remedy, since from publishing_holds where lifted_at is null order by since, id;

-- name: lift_publishing_holds
-- End open holds and keep who did it and how.
update publishing_holds set lifted_at = %(now)s, lifted_by = %(who)s, lifted_how = %(how)s
where code = any(%(codes)s) and lifted_at is null returning code;
