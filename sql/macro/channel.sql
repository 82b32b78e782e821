-- Channel grouping. The first rule that fits wins.

create or replace temporary macro is_paid_ga4(medium) as
    coalesce(regexp_full_match(medium, '.*cp.*|ppc|retargeting|paid.*'), false);

create or replace temporary macro is_shopping_campaign(campaign) as
    coalesce(regexp_full_match(campaign, '.*(([^a-df-z]|^)shop|shopping).*'), false);

-- GA4's default channel group, for comparison with GA4; `category` is the exact entry of the source in GA4's list, all lower case
create or replace temporary macro channel_ga4(source, medium, campaign, category) as
    case
        when source is null and medium is null or source = '(direct)' and coalesce(medium, '(none)') in ('(none)', '(not set)') then 'Direct'
        when contains(coalesce(campaign, ''), 'cross-network') then 'Cross-network'
        when (category = 'shopping' or is_shopping_campaign(campaign)) and is_paid_ga4(medium) then 'Paid Shopping'
        when category = 'search' and is_paid_ga4(medium) then 'Paid Search'
        when category = 'social' and is_paid_ga4(medium) then 'Paid Social'
        when category = 'video' and is_paid_ga4(medium) then 'Paid Video'
        when medium in ('display', 'banner', 'expandable', 'interstitial', 'cpm') then 'Display'
        when is_paid_ga4(medium) then 'Paid Other'
        when category = 'shopping' or is_shopping_campaign(campaign) then 'Organic Shopping'
        when category = 'social' or medium in ('social', 'social-network', 'social-media', 'sm', 'social network', 'social media') then 'Organic Social'
        when category = 'video' or coalesce(regexp_full_match(medium, '.*video.*'), false) then 'Organic Video'
        when category = 'search' or medium = 'organic' then 'Organic Search'
        when medium in ('referral', 'app', 'link') then 'Referral'
        when source in ('email', 'e-mail', 'e_mail', 'e mail') or medium in ('email', 'e-mail', 'e_mail', 'e mail') then 'Email'
        when medium = 'affiliate' then 'Affiliates'
        when medium = 'audio' then 'Audio'
        when source = 'sms' or medium = 'sms' then 'SMS'
        when ends_with(medium, 'push') or contains(coalesce(medium, ''), 'mobile') or contains(coalesce(medium, ''), 'notification') or source = 'firebase'
            then 'Mobile Push Notifications'
        else 'Unassigned'
    end;

create or replace temporary macro is_paid_medium(medium) as
    is_paid_ga4(medium)
    or coalesce(list_has_any(
        regexp_split_to_array(medium, '[^a-z0-9]+'),
        ['paid', 'cpc', 'cpm', 'cpv', 'ppc', 'ads', 'ad', 'sponsored', 'boosted', 'promoted', 'retargeting']
    ), false);

-- our own grouping: GA4's ideas on cleaned sources, with the gaps of its lists filled (docs/channels.md)
create or replace temporary macro channel_of(source, medium, campaign, category) as
    case
        when source is null and medium is null then '(unattributed)'
        when source = '(direct)' and coalesce(medium, '(none)') in ('(none)', '(not_set)') then 'Direct'
        when contains(coalesce(campaign, ''), 'cross-network') then 'Cross-network'
        when coalesce(list_has_any(regexp_split_to_array(medium, '[^a-z0-9]+'), ['influencer', 'creator', 'ambassador']), false) then 'Influencer'
        when is_paid_medium(medium) and (category = 'shopping' or is_shopping_campaign(campaign)) then 'Paid Shopping'
        when is_paid_medium(medium) and category = 'search' then 'Paid Search'
        when is_paid_medium(medium) and category = 'video' then 'Paid Video'
        when is_paid_medium(medium) and category in ('social', 'fediverse', 'messaging', 'link_in_bio') then 'Paid Social'
        when medium in ('display', 'banner', 'expandable', 'interstitial', 'cpm') then 'Display'
        when is_paid_medium(medium) then 'Paid Other'
        when category = 'ai_assistant' then 'AI Assistant'
        when category = 'fediverse' then 'Fediverse'
        when category = 'link_in_bio' then 'Link in Bio'
        when category = 'messaging' or medium in ('dm', 'messaging', 'chat') then 'Messaging'
        when medium in ('affiliate', 'affiliates') then 'Affiliates'
        when source in ('email', 'e-mail', 'e_mail', 'newsletter') or medium in ('email', 'e-mail', 'e_mail', 'newsletter') or category = 'email' then 'Email'
        when source = 'sms' or medium = 'sms' then 'SMS'
        when ends_with(medium, 'push') or contains(coalesce(medium, ''), 'notification') then 'Mobile Push Notifications'
        when medium in ('audio', 'podcast') then 'Audio'
        when category = 'shopping' or is_shopping_campaign(campaign) then 'Organic Shopping'
        when category = 'video' or coalesce(contains(medium, 'video'), false) and category is distinct from 'social' then 'Organic Video'
        when category = 'social' or medium in ('social', 'social-network', 'social-media', 'social_network', 'social_media', 'sm', 'organic_social', 'organic-social')
            then 'Organic Social'
        when category = 'search' or medium = 'organic' then 'Organic Search'
        when medium in ('referral', 'app', 'link') then 'Referral'
        else 'Unassigned'
    end;
