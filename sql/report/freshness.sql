-- How fresh each source is.
-- grain:  one row per source and kind
-- key:    source_id, kind
select
    source_id,
    kind,
    count(*) as files,
    sum(rows_read) as rows_read,
    sum(rows_accepted) as rows_accepted,
    sum(rows_duplicate) as rows_duplicate,
    sum(rows_unchanged) as rows_unchanged,
    sum(rows_rejected) as rows_rejected,
    max(try_cast(exported_at as timestamptz)) as last_exported_at
from raw.batch
group by source_id, kind
