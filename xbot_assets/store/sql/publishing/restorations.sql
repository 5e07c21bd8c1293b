-- What follows from a restored backup for publishing.

-- name: note_restoration
-- A backup was restored; while an earlier one is not settled, what is unknown reaches back to that.
insert into restorations (taken_at, restored_at)
select least(%(taken_at)s::timestamptz, min(taken_at)), %(now)s from restorations where settled_at is null;

-- name: open_restoration
-- The newest restore that is not settled.
select id, taken_at, restored_at, first_covered_at from restorations
where settled_at is null order by id desc limit 1;

-- name: note_restoration_covered
-- A look at the timeline surely showed everything since the backup.
update restorations set first_covered_at = %(now)s where settled_at is null and first_covered_at is null;

-- name: end_restorations
-- What was published since the backup is known, or a person takes it upon themselves.
update restorations set settled_at = %(now)s where settled_at is null;

-- name: end_leases_before_restore
-- Whoever held a post when the backup was made does not hold it in the restored database.
update posts set lease_until = clock_timestamp() where status in ('claimed', 'armed');

-- name: waiting_posts
-- Posts that wait for their time or for a person, in the order of their threads.
select id, text from posts where status in ('queued', 'held') order by coalesce(thread_id, id), segment nulls first, id;

-- name: unconfirm_restored
-- queued or held -> unconfirmed: after a restore, the timeline shows a post that reads like it.
with waiting as (
    select id, status from posts where id = any(%(ids)s::bigint[]) and status in ('queued', 'held') for update
), moved as (
    update posts p set status = 'unconfirmed', armed_at = %(at)s, looks = 0, looked_at = null, first_absent_at = null
    from waiting where p.id = waiting.id
    returning p.id, p.fencing_token, waiting.status as from_status
), noted as (
    insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, note)
    select id, from_status, 'unconfirmed', fencing_token, %(now)s, 'X shows a post like it from after the backup'
    from moved
)
select id from moved order by id;

-- name: adopt_posts
-- Posts that X shows and the restored database does not know: they are not written again, and count towards the limits.
with given as (
    select * from jsonb_to_recordset(%(rows)s::jsonb) as r (
        position integer, x_post_id text, text text, created_at timestamptz, in_reply_to text, kind text
    )
), adopted as (
    insert into post_history (x_post_id, text, created_at, in_reply_to, likes, reposts, imported_at)
    select x_post_id, text, created_at, in_reply_to, 0, 0, %(now)s from given
    on conflict (x_post_id) do nothing
    returning x_post_id
), counted as (
    insert into pace_admissions (kind, admitted_at)
    select g.kind, g.created_at from given g join adopted using (x_post_id)
)
select x_post_id from adopted order by x_post_id;
