-- What was sold, by geo and week. Every week from the first whole one to the last stands here; revenue is dated by its order.
-- grain:  one row per geo and week
-- key:    geo, week_date
-- units:  revenue in the reporting currency. Weeks begin on Monday. is_gap: some of its days were not loaded. geo is 'all' for the whole
--         market, '' for what
--         belongs to no geo of geo_map (to none at all, where there is no geo_map)
-- params: $minor_unit (double: value of one minor unit), $mix_by_geo (boolean)
with

gross as (
    select
        conversion_id,
        sum(revenue_minor) as net_minor,
        sum(revenue_minor) filter (where kind = 'sale') as gross_minor
    from staging.revenue_event
    group by conversion_id
),

placed as (
    select
        conversion.conversion_id,
        conversion.conversion_date,
        cast(date_trunc('week', conversion.conversion_date) as date) as week_date,
        conversion.customer_type,
        gross.net_minor,
        gross.gross_minor,
        case
            when not $mix_by_geo then 'all'
            when place.geo in ('(unknown)', '(suppressed)') then ''
            when exists (select 1 from rules.geo_map) and place.geo not in (select geo from rules.geo_map) then ''
            else place.geo
        end as geo
    from staging.conversion as conversion
    -- an order that could not be priced has no revenue to explain; without one there is no row here
    inner join gross
        on gross.conversion_id = conversion.conversion_id
    inner join panel.place as place
        on place.country = coalesce(conversion.country, '')
        and place.region = coalesce(conversion.region, '')
),

told as (
    select
        min(conversion_date) as first_date,
        -- the last week is whole when an export was made after it; how long after says nothing of the weeks that follow
        least(
            greatest(max(conversion_date), (select max(exported_date) - 1 from panel.mix_loaded where stream = 'outcome')),
            cast(date_trunc('week', max(conversion_date)) as date) + 6
        ) as last_date
    from placed
),

weeks as (
    select cast(unnest(generate_series(
        cast(cast(date_trunc('week', first_date + 6) as date) as timestamp),
        cast(cast(date_trunc('week', last_date - 6) as date) as timestamp),
        interval 7 days
    )) as date) as week_date
    from told
    where first_date is not null
),

geos as (
    select distinct geo from placed
),

sums as (
    select
        geo,
        week_date,
        count(*) as conversions,
        count(*) filter (where customer_type = 'new') as new_conversions,
        sum(net_minor) as net_minor,
        sum(gross_minor) as gross_minor
    from placed
    group by geo, week_date
),

gaps as (
    select distinct weeks.week_date
    from weeks
    inner join panel.mix_gap as gap
        on gap.stream = 'outcome'
        and gap.from_date <= weeks.week_date + 6
        and gap.to_date >= weeks.week_date
        -- a shop that was not loaded for a quarter has closed
        and (gap.to_date < date '9999-12-31' or gap.from_date > (select last_date from told) - 91)
)

select
    geos.geo,
    weeks.week_date,
    coalesce(sums.conversions, 0) as conversions,
    coalesce(sums.new_conversions, 0) as new_conversions,
    cast(cast(coalesce(sums.net_minor, 0) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_net,
    cast(cast(coalesce(sums.gross_minor, 0) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_gross,
    gaps.week_date is not null as is_gap
from geos
cross join weeks
left join sums
    on sums.geo = geos.geo
    and sums.week_date = weeks.week_date
left join gaps
    on gaps.week_date = weeks.week_date
