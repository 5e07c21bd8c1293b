-- What the account wrote before this system.

-- name: lock_post_history
-- One import at a time: two of one archive would count each other's posts as known.
lock table post_history in share row exclusive mode;

-- name: imported_x_ids
-- Which of these ids of X were imported.
select x_post_id from post_history where x_post_id = any(%(x_ids)s::text[]);

-- name: import_posts
-- Store posts that are new; of known ones keep the greater counts. What this system published itself is not history.
with given as (
    select distinct on (r.x_post_id) r.*
    from jsonb_to_recordset(%(rows)s::jsonb) as r (
        position integer, x_post_id text, text text, created_at timestamptz, in_reply_to text, language text,
        likes bigint, reposts bigint
    )
    where not exists (select from posts p where p.x_post_id = r.x_post_id)
    order by r.x_post_id, r.position desc
), stored as (
    insert into post_history as h (
        x_post_id, text, created_at, in_reply_to, language, likes, reposts, imported_at
    )
    select x_post_id, text, created_at, in_reply_to, language, likes, reposts, %(now)s from given
    on conflict (x_post_id) do update
        set likes = greatest(h.likes, excluded.likes), reposts = greatest(h.reposts, excluded.reposts)
    returning xmax = 0 as is_new
)
select count(*) filter (where is_new) as added, count(*) filter (where not is_new) as known from stored;
