-- The events of BigQuery's export of GA4, in flat canonical text.
-- grain:  one row per event
-- key:    line_no
select *
from ga4_json_events('input')
