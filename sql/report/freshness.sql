-- How fresh each source is. What was news and what was a repeat depends on the order of arrival, so it stands on receipts, not here.
-- grain:  one row per source and kind
-- key:    source_id, kind
select
    source_id,
    kind,
    count(*) as files,
    cast(sum(rows_read) as bigint) as rows_read,
    cast(sum(rows_duplicate) as bigint) as rows_duplicate,
    cast(sum(rows_rejected) as bigint) as rows_rejected,
    max(try_cast(exported_at as timestamptz)) as last_exported_at
from raw.batch
-- what an erasure kept was exported by nobody
where left(kind, 5) <> 'kept_'
group by source_id, kind
