-- The journey of each conversion: the touches that earn its credit, in order, and how each was matched.
-- grain:  one row per conversion and step
-- key:    conversion_id, step
-- units:  age_days in days before the conversion, > 0 for persons; share in [0, 1] only for campaign windows
-- params: $repeat (varchar: cycles | overlapping), $direct (varchar: unless_alone | exclude | keep), $campaign_days (double),
--         $engagement_half_life_days (double, > 0)
with

-- a cycle begins at the instant of the conversion of that kind before; two orders in one instant share its journey
conversions as (
    select
        conversion_id,
        converted_at,
        conversion_date,
        person_id,
        shop_id,
        source_order_id,
        coalesce(
            last_value(converted_at) over (
                partition by person_id, kind
                order by converted_at
                groups between 1 preceding and 1 preceding
            ),
            timestamptz '0001-01-01 00:00:00+00'
        ) as previous_at
    from staging.conversion
),

-- half-open and exact: converted_at - lookback <= touched_at < converted_at
by_person as (
    select
        conversions.conversion_id,
        touch.touch_id,
        touch.touched_at,
        touch.channel,
        touch.channel_ga4,
        touch.is_informative,
        touch.campaign_id,
        touch.platform,
        touch.post_id,
        (epoch_us(conversions.converted_at) - epoch_us(touch.touched_at)) / 86400000000.0 as age_days
    from staging.touch as touch
    inner join conversions
        on conversions.person_id = touch.person_id
        and conversions.converted_at > touch.touched_at
        and (touch.touched_at >= conversions.previous_at or $repeat = 'overlapping')
        and epoch_us(conversions.converted_at) - epoch_us(touch.touched_at) <= touch.lookback_days * 86400000000
    where touch.is_eligible
        and touch.source_order_id is null
),

-- what the order itself carries: joined by its id, never by time
by_order as (
    select
        conversions.conversion_id,
        touch.touch_id,
        touch.touched_at,
        touch.channel,
        touch.channel_ga4,
        touch.is_informative,
        touch.campaign_id,
        touch.platform,
        touch.post_id,
        greatest(0, (epoch_us(conversions.converted_at) - epoch_us(touch.touched_at)) / 86400000000.0) as age_days
    from staging.touch as touch
    inner join conversions
        on conversions.shop_id = touch.shop_id
        and conversions.source_order_id = touch.source_order_id
    where touch.is_eligible
        and touch.source_order_id is not null
        and touch.touched_at <= conversions.converted_at
    union all
    select
        conversions.conversion_id,
        conversions.conversion_id || ':code:' || lower(discount.code) as touch_id,
        conversions.converted_at as touched_at,
        'Influencer' as channel,
        'Unassigned' as channel_ga4,
        true as is_informative,
        min(listed.campaign_id) as campaign_id,
        cast(null as varchar) as platform,
        cast(null as varchar) as post_id,
        0.0 as age_days
    from staging.order_discount as discount
    inner join conversions
        on conversions.shop_id = discount.shop_id
        and conversions.source_order_id = discount.source_order_id
    inner join staging.campaign_match as listed
        on listed.match_type = 'discount_code'
        and lower(listed.value) = lower(discount.code)
        and conversions.conversion_date between coalesce(listed.valid_from_date, date '0001-01-01') and coalesce(listed.valid_to_date, date '9999-12-31')
    group by conversions.conversion_id, conversions.converted_at, discount.code
),

evidence as (
    select conversion_id, max(person) as person, max(order_borne) as order_borne
    from (
        select conversion_id, case when is_informative then 2 else 1 end as person, 0 as order_borne from by_person
        union all
        select conversion_id, 0, case when is_informative then 2 else 1 end from by_order
    )
    group by conversion_id
),

-- no touch that says where the buyer came from: campaigns that claim their window share the order by engagement on their posts
unexplained as (
    select conversions.conversion_id, conversions.converted_at, conversions.conversion_date
    from conversions
    left join evidence
        on evidence.conversion_id = conversions.conversion_id
    where coalesce(greatest(evidence.person, evidence.order_borne), 0) < 2
        and exists (select 1 from rules.campaign where window_credit)
),

windowed as (
    select
        unexplained.conversion_id,
        engagement.campaign_id,
        engagement.platform,
        sum(cast(engagement.weight * pow(0.5, date_diff('day', engagement.engagement_date, unexplained.conversion_date) / $engagement_half_life_days) as decimal(38, 12))) as weight
    from unexplained
    inner join rules.campaign as campaign
        on campaign.window_credit
        and unexplained.conversion_date between coalesce(campaign.starts_date, date '0001-01-01') and coalesce(campaign.ends_date, date '9999-12-31')
    inner join journey.engagement as engagement
        on engagement.campaign_id = campaign.campaign_id
        and engagement.engagement_date < unexplained.conversion_date
        and date_diff('day', engagement.engagement_date, unexplained.conversion_date) <= $campaign_days
    group by unexplained.conversion_id, engagement.campaign_id, engagement.platform
    having sum(engagement.weight) > 0
),

by_window as (
    select
        windowed.conversion_id,
        windowed.conversion_id || ':window:' || windowed.campaign_id || ':' || windowed.platform as touch_id,
        unexplained.converted_at as touched_at,
        'Organic Social' as channel,
        'Unassigned' as channel_ga4,
        true as is_informative,
        windowed.campaign_id,
        windowed.platform,
        cast(null as varchar) as post_id,
        0.0 as age_days,
        cast(windowed.weight as double) / cast(sum(windowed.weight) over (partition by windowed.conversion_id) as double) as share
    from windowed
    inner join unexplained
        on unexplained.conversion_id = windowed.conversion_id
),

-- the strongest kind of evidence that says where the buyer came from takes the whole conversion
chosen as (
    select by_person.*, cast(null as double) as share, 'person' as matched_by, evidence.person = 2 as has_informative
    from by_person
    inner join evidence
        on evidence.conversion_id = by_person.conversion_id
    where evidence.person = 2
        or (
            evidence.person = 1
            and evidence.order_borne < 2
            and by_person.conversion_id not in (select conversion_id from by_window)
        )
    union all
    select by_order.*, cast(null as double) as share, 'order_borne' as matched_by, evidence.order_borne = 2 as has_informative
    from by_order
    inner join evidence
        on evidence.conversion_id = by_order.conversion_id
    where evidence.person < 2
        and (
            evidence.order_borne = 2
            or (
                evidence.person = 0
                and by_order.conversion_id not in (select conversion_id from by_window)
            )
        )
    union all
    select by_window.*, 'campaign_window' as matched_by, true as has_informative
    from by_window
),

-- direct and unknown visits stand aside when anything better is there, before any weight is given
kept as (
    select chosen.*
    from chosen
    where is_informative
        or not has_informative
        or $direct = 'keep'
)

select
    conversion_id,
    row_number() over ordered as step,
    count(*) over (partition by conversion_id) as step_count,
    touch_id,
    touched_at,
    age_days,
    channel,
    channel_ga4,
    is_informative,
    campaign_id,
    platform,
    post_id,
    matched_by,
    share
from kept
window ordered as (partition by conversion_id order by touched_at, touch_id)
