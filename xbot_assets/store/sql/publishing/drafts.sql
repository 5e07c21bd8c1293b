-- What the owner is still writing.

-- name: insert_draft
-- Keep a new draft.
insert into drafts (texts, planned_for, saved_by, saved_at) values (%(texts)s, %(at)s, %(who)s, %(now)s)
returning id, texts, planned_for, saved_by, saved_at, revision;

-- name: save_draft
-- Replace a draft that nobody else saved since it was read.
update drafts set texts = %(texts)s, planned_for = %(at)s, saved_by = %(who)s, saved_at = %(now)s, revision = revision + 1
where id = %(id)s and revision = %(revision)s
returning id, texts, planned_for, saved_by, saved_at, revision;

-- name: plan_draft
-- Give a draft another time; its words stay.
update drafts set planned_for = %(at)s, saved_by = %(who)s, saved_at = %(now)s, revision = revision + 1
where id = %(id)s
returning id, texts, planned_for, saved_by, saved_at, revision;

-- name: delete_draft
-- Take a draft that nobody else saved since it was read.
delete from drafts where id = %(id)s and revision = %(revision)s returning id;

-- name: draft
-- One draft.
select id, texts, planned_for, saved_by, saved_at, revision from drafts where id = %(id)s;

-- name: newest_drafts
-- The drafts that were saved last.
select id, texts, planned_for, saved_by, saved_at, revision from drafts order by saved_at desc, id desc limit %(limit)s;

-- name: drafts_between
-- The drafts that are meant for a stretch of time.
select id, texts, planned_for, saved_by, saved_at, revision from drafts
where planned_for >= %(start)s and planned_for < %(end)s
order by planned_for, id limit %(limit)s;
