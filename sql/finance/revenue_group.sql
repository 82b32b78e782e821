-- Revenue of every money event, by what is credited with it under the model that finance reports.
-- grain:  one row per conversion, money event, channel, platform and campaign
-- key:    conversion_id, money_event_id, channel, platform, campaign_id
-- units:  credit in billionths, on the first event only; revenue in minor units of the reporting currency
-- params: $finance_model (varchar)
with

steps as (
    select
        step.conversion_id,
        step.step,
        step.channel,
        coalesce(roi_platform(step.channel, step.platform, touch.source), '(none)') as platform,
        coalesce(step.campaign_id, '(none)') as campaign_id
    from journey.step as step
    left join staging.touch as touch
        on touch.touch_id = step.touch_id
),

amounts as (
    select
        conversion_id,
        step,
        money_event_id,
        event_kind,
        event_date,
        conversion_date,
        case $finance_model
            when 'first_touch' then first_touch_credit
            when 'last_touch' then last_touch_credit
            when 'last_non_direct' then last_non_direct_credit
            when 'linear' then linear_credit
            when 'position_based' then position_based_credit
            when 'time_decay' then time_decay_credit
        end as credit,
        case $finance_model
            when 'first_touch' then first_touch_minor
            when 'last_touch' then last_touch_minor
            when 'last_non_direct' then last_non_direct_minor
            when 'linear' then linear_minor
            when 'position_based' then position_based_minor
            when 'time_decay' then time_decay_minor
        end as revenue_minor
    from attribution.amount
),

unreached as (
    select
        event.*,
        row_number() over (partition by event.conversion_id order by event.kind <> 'sale', event.occurred_at, event.money_event_id) as event_no
    from staging.revenue_event as event
    anti join journey.step as step
        on step.conversion_id = event.conversion_id
)

select
    amounts.conversion_id,
    amounts.money_event_id,
    amounts.event_kind,
    amounts.event_date,
    amounts.conversion_date,
    steps.channel,
    steps.platform,
    steps.campaign_id,
    cast(sum(amounts.credit) as bigint) as credit,
    cast(sum(amounts.revenue_minor) as bigint) as revenue_minor
from amounts
inner join steps
    on steps.conversion_id = amounts.conversion_id
    and steps.step = amounts.step
group by all
having sum(amounts.credit) <> 0 or sum(amounts.revenue_minor) <> 0
union all
select
    conversion_id,
    money_event_id,
    kind as event_kind,
    event_date,
    conversion_date,
    '(unattributed)' as channel,
    '(none)' as platform,
    '(none)' as campaign_id,
    case when event_no = 1 then 1000000000 else 0 end as credit,
    revenue_minor
from unreached
