-- Every visit, click or engagement that carries a channel, with what it may be used for.
-- grain:  one row per touch
-- key:    touch_id
-- params: $click_days, $view_days, $engagement_days (double, >= 0), $direct (varchar), $exclude_bots (boolean),
--         $rules_version (varchar), $reporting_time_zone (varchar, IANA)
with

-- few ids are delivered twice; only those pay for a sort
repeated as (
    select touch_id
    from raw.touch
    group by touch_id
    having count(*) > 1
),

newest as (
    select raw_touch.*
    from raw.touch as raw_touch
    anti join repeated
        on repeated.touch_id = raw_touch.touch_id
    union all
    select * exclude (recency)
    from (
        select
            raw_touch.*,
            row_number() over (
                partition by raw_touch.touch_id
                order by try_cast(raw_touch.observed_at as timestamptz) desc nulls last, raw_touch.batch_id desc, raw_touch.line_no desc
            ) as recency
        from raw.touch as raw_touch
        semi join repeated
            on repeated.touch_id = raw_touch.touch_id
    )
    where recency = 1
),

placed as (
    select
        newest.touch_id,
        try_cast(newest.touched_at as timestamptz) as touched_at,
        newest.kind,
        person.person_id,
        newest.shop_id,
        newest.source_order_id,
        newest.landing_host,
        newest.landing_path,
        newest.country,
        newest.region,
        newest.source_id,
        try_cast(newest.has_analytics_consent as boolean) as has_analytics_consent,
        try_cast(newest.has_ads_consent as boolean) as has_ads_consent,
        coalesce(try_cast(newest.is_bot as boolean), false) as is_bot,
        traffic.source,
        traffic.medium,
        traffic.campaign,
        traffic.content,
        case
            when traffic.dated_matches is null then coalesce(traffic.campaign_id, post.campaign_id)
            else coalesce(
                list_filter(
                    traffic.dated_matches,
                    m -> cast(timezone($reporting_time_zone, try_cast(newest.touched_at as timestamptz)) as date)
                        between coalesce(m.valid_from_date, date '0001-01-01') and coalesce(m.valid_to_date, date '9999-12-31')
                )[1].campaign_id,
                post.campaign_id
            )
        end as campaign_id,
        traffic.traffic_key,
        coalesce(newest.post_id, post.post_id) as post_id,
        coalesce(
            newest.platform,
            post.platform,
            case when traffic.category in ('social', 'video', 'fediverse') then traffic.source end
        ) as platform,
        traffic.channel_ga4,
        traffic.channel,
        traffic.channel_no,
        traffic.is_spam,
        -- a link inside the shop, or the way back from the payment page, is not a new arrival
        coalesce(regexp_replace(newest.referrer_host, '^www\.', '') = regexp_replace(newest.landing_host, '^www\.', ''), false)
            or coalesce(referrer.is_internal, false) as is_internal
    from newest
    inner join staging.traffic as traffic
        on traffic.landing_query is not distinct from newest.landing_query
        and traffic.utm_source_raw is not distinct from newest.utm_source_raw
        and traffic.utm_medium_raw is not distinct from newest.utm_medium_raw
        and traffic.utm_campaign_raw is not distinct from newest.utm_campaign_raw
        and traffic.utm_term_raw is not distinct from newest.utm_term_raw
        and traffic.utm_content_raw is not distinct from newest.utm_content_raw
        and traffic.utm_id_raw is not distinct from newest.utm_id
        and traffic.click_id_type is not distinct from newest.click_id_type
        and traffic.referrer_host is not distinct from newest.referrer_host
        and traffic.platform is not distinct from newest.platform
    left join staging.person as person
        -- consent inside the key: a condition beside it would turn the join into a loop
        on person.person_key = case when try_cast(newest.has_analytics_consent as boolean) then newest.visitor_key end
    left join staging.referrer as referrer
        on referrer.host = newest.referrer_host
    left join staging.post_key as post
        on post.content = coalesce(newest.post_id, traffic.content)
        and post.platform = coalesce(newest.platform, traffic.source)
)

select
    touch_id,
    touched_at,
    kind,
    person_id,
    shop_id,
    source_order_id,
    landing_host,
    landing_path,
    country,
    region,
    source_id,
    has_analytics_consent,
    has_ads_consent,
    source,
    medium,
    campaign,
    content,
    campaign_id,
    traffic_key,
    platform,
    post_id,
    channel_ga4,
    channel,
    channel_no,
    is_bot,
    is_internal,
    is_spam,
    channel not in ('Direct', '(unattributed)') as is_informative,
    case
        when kind = 'impression' then $view_days
        when kind = 'engagement' then $engagement_days
        else $click_days
    end as lookback_days,
    not (
        (is_bot and $exclude_bots)
        or is_internal
        or is_spam
        or ($direct = 'exclude' and channel in ('Direct', '(unattributed)'))
    ) as is_eligible,
    $rules_version as rules_version
from placed
