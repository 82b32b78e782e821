-- Touches or orders dated after their own export, by more than two days: a clock or a time zone is wrong.
-- severity: warn
-- grain:    one row per source and kind of row
select source_id, 'touch' as row_kind, count(*) as rows
from raw.touch
where try_cast(touched_at as timestamptz) > try_cast(observed_at as timestamptz) + interval 2 day
group by source_id
union all
select source_id, 'order' as row_kind, count(*) as rows
from raw.orders
where try_cast(created_at as timestamptz) > try_cast(observed_at as timestamptz) + interval 2 day
group by source_id
