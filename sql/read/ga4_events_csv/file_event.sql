-- The events of Fivetran's table of GA4, in flat canonical text.
-- grain:  one row per event
-- key:    line_no
select *
from ga4_csv_events('input')
