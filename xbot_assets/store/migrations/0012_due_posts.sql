-- One answer to "which posts are due": every statement that asks it asks this function.

create function due_posts(at timestamptz)
-- Posts that wait and whose time has come. turn orders them for the claim, before their times: a begun thread (0) goes
-- on before anything is begun (1), and a segment whose turn has not come is looked at last (2).
returns table (id bigint, scheduled_at timestamptz, turn integer)
language sql stable
begin atomic
    select p.id, p.scheduled_at,
        case
            when coalesce(p.segment, 0) = 0 then 1
            when b.status in ('published', 'shadowed') then 0
            else 2
        end
    from posts p
    left join posts b on b.thread_id = p.thread_id and b.segment = p.segment - 1
    where p.status = 'queued' and p.scheduled_at <= at;
end;
