-- New customers of a period and what they brought since: in the first 30, 60, 90 and 365 days, and by which day that paid for the spend.
-- grain:  one row per period, channel, platform and campaign, and one for all of a period
-- key:    period, channel, platform, campaign_id
-- units:  revenue_30 and so on in minor units times billionths of a customer, null until the youngest customer is so many days old;
--         payback_days in days since the first order, null while it has not paid back or no cost of goods is known
with

people as (
    select conversion_id, conversion_date, customer_type, coalesce(person_id, cast(md5(conversion_id) as uuid)) as person
    from staging.conversion
    where conversion_id in (select conversion_id from staging.revenue_event)
),

shares as (
    select conversion_id, channel, platform, campaign_id, credit from finance.credit_group
    union all
    select distinct conversion_id, '(total)', '(total)', '(total)', 1000000000 from finance.credit_group
),

brought as (
    select
        first.conversion_id,
        first.conversion_date,
        date_diff('day', first.conversion_date, event.event_date) as age_days,
        event.revenue_minor
    from people as first
    inner join people as later
        on later.person = first.person
        and later.conversion_date >= first.conversion_date
    inner join staging.revenue_event as event
        on event.conversion_id = later.conversion_id
    where first.customer_type = 'new'
        and event.event_date between first.conversion_date and first.conversion_date + 365
),

curve as (
    select
        period.period,
        shares.channel,
        shares.platform,
        shares.campaign_id,
        brought.age_days,
        sum(cast(shares.credit as decimal(10, 0)) * cast(brought.revenue_minor as decimal(18, 0))) as value
    from brought
    inner join shares
        on shares.conversion_id = brought.conversion_id
    inner join finance.period_day as period
        on period.day = brought.conversion_date
    group by all
),

cumulative as (
    select
        *,
        sum(value) over (
            partition by period, channel, platform, campaign_id
            order by age_days
            rows between unbounded preceding and current row
        ) as value_so_far
    from curve
),

-- what is left of a minor unit of revenue, and what has to be paid back
margins as (
    select
        period,
        channel,
        platform,
        campaign_id,
        cast(gross + refunds - cogs - fulfilment - payment_fee as double) / nullif(cast(gross + refunds as double), 0) as margin,
        cast(spend_media + spend_fees + spend_other as double) as spend_minor
    from finance.roi_cell
    where basis = 'order_date'
    union all
    select
        period,
        '(total)',
        '(total)',
        '(total)',
        cast(gross + refunds - cogs - fulfilment - payment_fee as double) / nullif(cast(gross + refunds as double), 0),
        cast(spend_media + spend_fees + spend_other as double)
    from finance.roi_total
    where basis = 'order_date'
),

last_day as (
    select max(conversion_date) as seen_until
    from staging.conversion
)

select
    cumulative.period,
    cumulative.channel,
    cumulative.platform,
    cumulative.campaign_id,
    case
        when max(period.period_end) + 30 <= max(last_day.seen_until) then cast(sum(case when cumulative.age_days < 30 then cumulative.value else 0 end) as decimal(38, 0))
    end as revenue_30,
    case
        when max(period.period_end) + 60 <= max(last_day.seen_until) then cast(sum(case when cumulative.age_days < 60 then cumulative.value else 0 end) as decimal(38, 0))
    end as revenue_60,
    case
        when max(period.period_end) + 90 <= max(last_day.seen_until) then cast(sum(case when cumulative.age_days < 90 then cumulative.value else 0 end) as decimal(38, 0))
    end as revenue_90,
    case
        when max(period.period_end) + 365 <= max(last_day.seen_until) then cast(sum(case when cumulative.age_days < 365 then cumulative.value else 0 end) as decimal(38, 0))
    end as revenue_365,
    min(
        case
            when margins.spend_minor > 0
                and cast(cumulative.value_so_far as double) * margins.margin >= margins.spend_minor * 1000000000.0
                and exists (select 1 from staging.cost where kind = 'cogs')
            then cumulative.age_days
        end
    ) as payback_days
from cumulative
inner join finance.period as period
    on period.period = cumulative.period
cross join last_day
left join margins
    on margins.period = cumulative.period
    and margins.channel = cumulative.channel
    and margins.platform = cumulative.platform
    and margins.campaign_id = cumulative.campaign_id
group by cumulative.period, cumulative.channel, cumulative.platform, cumulative.campaign_id
