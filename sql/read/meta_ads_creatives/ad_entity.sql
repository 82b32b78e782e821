-- Where Meta's creatives lead (Fivetran's creative_history): the query a click arrives with.
-- grain:  one row per version of a creative
-- key:    line_no
-- params: $platform, $account
with

creatives as (
    select
        line_no,
        synced,
        account_id,
        id,
        coalesce(cell(page_link), cell(template_page_link), cell(story_link)) as url,
        url_tags_query(url_tags) as tags
    from input
),

appended as (
    select
        *,
        -- Meta appends the tags to the link; the last of a repeated key is what the click carries
        clean_query(concat_ws('&', case when contains(url, '?') then url else url || '?' end, tags)) as query
    from creatives
)

select
    line_no,
    zoned_instant_text(synced, 'UTC') as observed_at,
    $platform as platform,
    'creative' as level,
    cell(id) as entity_id,
    coalesce(cell(account_id), $account) as account_id,
    last_key_wins(query) as landing_query
from appended
