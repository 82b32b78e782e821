-- The weekly series of every driver, complete: a week in which nothing ran is a zero, a week that was not loaded is a gap.
-- grain:  one row per series, geo and week
-- key:    series, geo, week_date
-- units:  as in mix_fact; null where a mean has nothing to be made of. Weeks begin on Monday, and up to twelve before the first outcome
--         stand here as history of the media. geo is 'all' for the whole market; in a model by geo '' holds what names no country,
--         to be spread over all of them
-- params: $mix_by_geo (boolean)
with

spans as (
    select
        min(week_date) as first_week,
        max(week_date) as last_week
    from panel.mix_outcome
),

history as (
    select
        least(
            first_week,
            greatest(
                first_week - 84,
                (select cast(date_trunc('week', min(from_date) + 6) as date) from panel.mix_loaded where stream <> 'outcome')
            )
        ) as first_week,
        last_week
    from spans
),

weeks as (
    select cast(unnest(generate_series(cast(first_week as timestamp), cast(last_week as timestamp), interval 7 days)) as date) as week_date
    from history
    where first_week is not null
),

geos as (
    select distinct geo from panel.mix_outcome where geo <> ''
    union
    select '' as geo where $mix_by_geo
),

series as (
    select distinct series, aggregate from rules.mix_series
),

placed as (
    select
        fact.*,
        cast(date_trunc('week', fact.fact_date) as date) as week_date,
        case
            when not $mix_by_geo then 'all'
            when fact.geo = '(unknown)' then ''
            else fact.geo
        end as model_geo
    from panel.mix_fact as fact
),

sums as (
    select
        chosen.series,
        placed.model_geo as geo,
        placed.week_date,
        sum(placed.value) as value,
        sum(placed.samples) as samples
    from placed
    -- conditions of one series name different values, so that a row is chosen once
    inner join rules.mix_series as chosen
        on chosen.stream = placed.stream
        and chosen.measure = placed.measure
        and chosen.platform = placed.platform
        and (chosen.campaign_id is null or chosen.campaign_id = placed.campaign_id)
        and (chosen.stance is null or chosen.stance = placed.stance)
        and (chosen.channel is null or chosen.channel = spend_channel(placed.platform))
    group by chosen.series, placed.model_geo, placed.week_date
),

gaps as (
    select
        chosen.series,
        weeks.week_date,
        string_agg(distinct chosen.platform, ', ' order by chosen.platform) as gap_platforms
    from rules.mix_series as chosen
    inner join panel.mix_gap as gap
        on gap.stream = chosen.stream
        and gap.platform = chosen.platform
    inner join weeks
        on gap.from_date <= weeks.week_date + 6
        and gap.to_date >= weeks.week_date
    group by chosen.series, weeks.week_date
)

select
    series.series,
    geos.geo,
    weeks.week_date,
    case
        when series.aggregate = 'mean' then cast(sums.value / sums.samples as decimal(28, 6))
        else coalesce(sums.value, 0)
    end as value,
    gaps.gap_platforms
from series
cross join geos
cross join weeks
left join sums
    on sums.series = series.series
    and sums.geo = geos.geo
    and sums.week_date = weeks.week_date
left join gaps
    on gaps.series = series.series
    and gaps.week_date = weeks.week_date
