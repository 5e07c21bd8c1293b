-- Threads, whose segments are posts of their own, and the images that a post shows.

alter table posts
    -- Segments of one thread share the id of its first one, which is its own. Both or neither.
    add column thread_id bigint references posts (id),
    add column segment integer check (segment >= 0),
    add constraint posts_thread_check check ((thread_id is null) = (segment is null)),
    add constraint posts_thread_head check (segment is null or (segment = 0) = (thread_id = id)),
    -- Only a thread's first segment may answer somebody; the others answer the one before them.
    add constraint posts_thread_reply check (coalesce(segment, 0) = 0 or reply_to_x_id is null);
create unique index posts_thread on posts (thread_id, segment);

create table post_media (
    -- Whole images, so that a backup of the database is a backup of what will be published.
    post_id bigint not null references posts (id),
    position integer not null check (position between 0 and 3), -- X shows four images at most
    file_name text not null,
    mime_type text not null check (mime_type in ('image/png', 'image/jpeg', 'image/webp', 'image/gif')),
    content bytea not null,
    alt_text text not null default '',
    primary key (post_id, position)
);
