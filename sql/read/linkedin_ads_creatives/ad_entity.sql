-- Where LinkedIn's creatives lead (Fivetran's creative_history).
-- grain:  one row per version of a creative
-- key:    line_no
-- params: $platform, $account
select
    line_no,
    zoned_instant_text(coalesce(cell(last_modified_at), cell(created_time)), 'UTC') as observed_at,
    $platform as platform,
    'ad' as level,
    cell(id) as entity_id,
    coalesce(cell(account_id), $account) as account_id,
    cell(campaign_id) as campaign_native_id,
    coalesce(clean_query(click_uri), clean_query(text_ad_landing_page), clean_query(spotlight_landing_page)) as landing_query
from input
