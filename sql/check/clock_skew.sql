-- Touches or orders dated more than two days after the newest export: a clock or a time zone is wrong.
-- severity: warn
-- grain:    one row per source and kind of row
with

newest as (
    select max(try_cast(exported_at as timestamptz)) + interval 2 day as latest
    from raw.batch
)

select touch.source_id, 'touch' as row_kind, count(*) as rows
from staging.touch as touch
cross join newest
where touch.touched_at > newest.latest
group by touch.source_id
union all
select orders.source_id, 'order' as row_kind, count(*) as rows
from staging.orders as orders
cross join newest
where orders.created_at > newest.latest
group by orders.source_id
