-- The line from real to product time.

-- name: read_clock_line
-- The line in force, if any.
select real_anchor, product_anchor, rate from product_clock;

-- name: set_clock_line
-- Replace the line.
insert into product_clock (real_anchor, product_anchor, rate)
values (%(real_anchor)s, %(product_anchor)s, %(rate)s)
on conflict (only_row) do update set
    real_anchor = excluded.real_anchor, product_anchor = excluded.product_anchor, rate = excluded.rate;

-- name: clear_clock_line
-- Go back to real time.
delete from product_clock;
