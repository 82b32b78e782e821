-- Credited orders and revenue under every rule model: the table that every report of credit adds up.
-- Each money event counts on the day of its order (basis order_date) and on its own day (basis event_date).
-- grain:  one row per model, basis, day, conversion kind, channel, GA4 channel, campaign, platform, customer type and way of matching
-- key:    model, basis, report_date, conversion_kind, channel, channel_ga4, campaign_id, platform, customer_type, matched_by
-- units:  conversions are credit (sums to whole conversions); revenue, refunds and net in the reporting currency
-- params: $minor_unit (double: value of one minor unit)
with

parts as (
    select
        amount.event_kind,
        amount.event_date,
        amount.conversion_date,
        conversion.kind as conversion_kind,
        step.channel,
        step.channel_ga4,
        coalesce(step.campaign_id, '(none)') as campaign_id,
        coalesce(step.platform, '(none)') as platform,
        conversion.customer_type,
        step.matched_by,
        amount.first_touch_credit,
        amount.first_touch_minor,
        amount.last_touch_credit,
        amount.last_touch_minor,
        amount.last_non_direct_credit,
        amount.last_non_direct_minor,
        amount.linear_credit,
        amount.linear_minor,
        amount.position_based_credit,
        amount.position_based_minor,
        amount.time_decay_credit,
        amount.time_decay_minor
    from attribution.amount as amount
    inner join journey.step as step
        on step.conversion_id = amount.conversion_id
        and step.step = amount.step
    inner join staging.conversion as conversion
        on conversion.conversion_id = amount.conversion_id
    union all
    -- what nothing reached stands in a row of its own, so that totals are whole
    select
        event.kind as event_kind,
        event.event_date,
        event.conversion_date,
        conversion.kind as conversion_kind,
        '(unattributed)' as channel,
        'Unassigned' as channel_ga4,
        '(none)' as campaign_id,
        '(none)' as platform,
        conversion.customer_type,
        'none' as matched_by,
        case when event.event_no = 1 then 1000000000 else 0 end,
        event.revenue_minor,
        case when event.event_no = 1 then 1000000000 else 0 end,
        event.revenue_minor,
        case when event.event_no = 1 then 1000000000 else 0 end,
        event.revenue_minor,
        case when event.event_no = 1 then 1000000000 else 0 end,
        event.revenue_minor,
        case when event.event_no = 1 then 1000000000 else 0 end,
        event.revenue_minor,
        case when event.event_no = 1 then 1000000000 else 0 end,
        event.revenue_minor
    from (
        select
            *,
            row_number() over (partition by conversion_id order by kind <> 'sale', occurred_at, money_event_id) as event_no
        from staging.revenue_event as unreached
        anti join journey.step as step
            on step.conversion_id = unreached.conversion_id
    ) as event
    inner join staging.conversion as conversion
        on conversion.conversion_id = event.conversion_id
),

-- each money event once; its two days come after
daily as (
    select
        event_date,
        conversion_date,
        conversion_kind,
        channel,
        channel_ga4,
        campaign_id,
        platform,
        customer_type,
        matched_by,
        sum(first_touch_credit) as first_touch_credit,
        sum(case when event_kind = 'sale' then first_touch_minor else 0 end) as first_touch_gross,
        sum(case when event_kind = 'sale' then 0 else first_touch_minor end) as first_touch_refund,
        sum(last_touch_credit) as last_touch_credit,
        sum(case when event_kind = 'sale' then last_touch_minor else 0 end) as last_touch_gross,
        sum(case when event_kind = 'sale' then 0 else last_touch_minor end) as last_touch_refund,
        sum(last_non_direct_credit) as last_non_direct_credit,
        sum(case when event_kind = 'sale' then last_non_direct_minor else 0 end) as last_non_direct_gross,
        sum(case when event_kind = 'sale' then 0 else last_non_direct_minor end) as last_non_direct_refund,
        sum(linear_credit) as linear_credit,
        sum(case when event_kind = 'sale' then linear_minor else 0 end) as linear_gross,
        sum(case when event_kind = 'sale' then 0 else linear_minor end) as linear_refund,
        sum(position_based_credit) as position_based_credit,
        sum(case when event_kind = 'sale' then position_based_minor else 0 end) as position_based_gross,
        sum(case when event_kind = 'sale' then 0 else position_based_minor end) as position_based_refund,
        sum(time_decay_credit) as time_decay_credit,
        sum(case when event_kind = 'sale' then time_decay_minor else 0 end) as time_decay_gross,
        sum(case when event_kind = 'sale' then 0 else time_decay_minor end) as time_decay_refund
    from parts
    group by all
),

summed as (
    select
        basis,
        report_date,
        conversion_kind,
        channel,
        channel_ga4,
        campaign_id,
        platform,
        customer_type,
        matched_by,
        sum(first_touch_credit) as first_touch_credit,
        sum(first_touch_gross) as first_touch_gross,
        sum(first_touch_refund) as first_touch_refund,
        sum(last_touch_credit) as last_touch_credit,
        sum(last_touch_gross) as last_touch_gross,
        sum(last_touch_refund) as last_touch_refund,
        sum(last_non_direct_credit) as last_non_direct_credit,
        sum(last_non_direct_gross) as last_non_direct_gross,
        sum(last_non_direct_refund) as last_non_direct_refund,
        sum(linear_credit) as linear_credit,
        sum(linear_gross) as linear_gross,
        sum(linear_refund) as linear_refund,
        sum(position_based_credit) as position_based_credit,
        sum(position_based_gross) as position_based_gross,
        sum(position_based_refund) as position_based_refund,
        sum(time_decay_credit) as time_decay_credit,
        sum(time_decay_gross) as time_decay_gross,
        sum(time_decay_refund) as time_decay_refund
    from (
        select 'order_date' as basis, conversion_date as report_date, * exclude (event_date, conversion_date) from daily
        union all
        select 'event_date' as basis, event_date as report_date, * exclude (event_date, conversion_date) from daily
    )
    group by all
),

long as (
    select 'first_touch' as model, basis, report_date, conversion_kind, channel, channel_ga4, campaign_id, platform, customer_type, matched_by, first_touch_credit as credit, first_touch_gross as gross, first_touch_refund as refund from summed
    union all
    select 'last_touch' as model, basis, report_date, conversion_kind, channel, channel_ga4, campaign_id, platform, customer_type, matched_by, last_touch_credit as credit, last_touch_gross as gross, last_touch_refund as refund from summed
    union all
    select 'last_non_direct' as model, basis, report_date, conversion_kind, channel, channel_ga4, campaign_id, platform, customer_type, matched_by, last_non_direct_credit as credit, last_non_direct_gross as gross, last_non_direct_refund as refund from summed
    union all
    select 'linear' as model, basis, report_date, conversion_kind, channel, channel_ga4, campaign_id, platform, customer_type, matched_by, linear_credit as credit, linear_gross as gross, linear_refund as refund from summed
    union all
    select 'position_based' as model, basis, report_date, conversion_kind, channel, channel_ga4, campaign_id, platform, customer_type, matched_by, position_based_credit as credit, position_based_gross as gross, position_based_refund as refund from summed
    union all
    select 'time_decay' as model, basis, report_date, conversion_kind, channel, channel_ga4, campaign_id, platform, customer_type, matched_by, time_decay_credit as credit, time_decay_gross as gross, time_decay_refund as refund from summed
)

select
    model,
    basis,
    report_date,
    conversion_kind,
    channel,
    channel_ga4,
    campaign_id,
    platform,
    customer_type,
    matched_by,
    cast(cast(credit as decimal(28, 0)) * 0.000000001 as decimal(28, 9)) as conversions,
    cast(cast(gross as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_gross,
    cast(cast(refund as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as refunds,
    cast(cast(gross + refund as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_net
from long
where credit <> 0
    or gross <> 0
    or refund <> 0
