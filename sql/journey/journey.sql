-- Whole journeys as sequences of channel numbers, converting and not, built by the same rules.
-- A person's touches that no conversion follows within their window are journeys that did not convert, parted where the
-- pause is longer than the window. Touches whose channel is not known are counted and stand in no sequence.
-- grain:  one row per journey
-- key:    journey_id
-- units:  touch_count is that of all touches; days from first to last touch (to the conversion when there is one); ages in days
--         before the conversion, or before the last touch; revenue_minor and net_minor in minor units, before and after refunds;
--         bucket in 0 .. 999, the same for all journeys of a person: what the bootstrap draws together
-- params: $path_kind (varchar), $direct (varchar), $click_days (double)
with

converting as (
    select
        step.conversion_id as journey_id,
        list_sort(
            list(struct_pack(step := step.step, channel_no := channel.channel_no, age_days := step.age_days))
                filter (where channel.channel <> '(unattributed)')
        ) as steps,
        count(*) as touch_count,
        max(step.age_days) as days
    from journey.step as step
    inner join rules.channel as channel
        on channel.channel = step.channel
    group by step.conversion_id
),

sales as (
    select
        conversion_id,
        sum(case when kind = 'sale' then revenue_minor else 0 end) as revenue_minor,
        sum(revenue_minor) as net_minor
    from staging.revenue_event
    group by conversion_id
    having bool_or(kind = 'sale')
),

instants as (
    select
        person_id,
        converted_at,
        coalesce(
            lag(converted_at) over (partition by person_id order by converted_at),
            timestamptz '0001-01-01 00:00:00+00'
        ) as previous_at
    from (
        select distinct person_id, converted_at
        from staging.conversion
        where kind = $path_kind
            and person_id is not null
    )
),

touches as (
    select touch.person_id, touch.touched_at, touch.touch_id, touch.lookback_days, touch.is_informative,
        channel.channel_no, channel.channel <> '(unattributed)' as is_known
    from staging.touch as touch
    inner join rules.channel as channel
        on channel.channel = touch.channel
    where touch.is_eligible
        and touch.person_id is not null
        and touch.source_order_id is null
        and touch.lookback_days > 0
),

buyers as (
    select touches.*
    from touches
    semi join instants
        on instants.person_id = touches.person_id
),

followed as (
    select buyers.touch_id
    from buyers
    inner join instants
        on instants.person_id = buyers.person_id
        and instants.converted_at > buyers.touched_at
        and buyers.touched_at >= instants.previous_at
        and epoch_us(instants.converted_at) - epoch_us(buyers.touched_at) <= buyers.lookback_days * 86400000000
),

leftover as (
    select touches.*
    from touches
    anti join instants
        on instants.person_id = touches.person_id
    union all
    select buyers.*
    from buyers
    anti join followed
        on followed.touch_id = buyers.touch_id
),

parted as (
    select
        *,
        row_number() over person as place,
        coalesce(epoch_us(touched_at) - epoch_us(lag(touched_at) over person) > $click_days * 86400000000, true) as starts
    from leftover
    window person as (partition by person_id order by touched_at, touch_id)
),

numbered as (
    select
        *,
        sum(case when starts then 1 else 0 end) over (partition by person_id order by place) as journey_no
    from parted
),

lost as (
    select
        person_id,
        journey_no,
        -- sorted after collecting, and by numbers alone: an aggregate with an order of its own, or texts in the list, is many times slower
        list_sort(
            list(struct_pack(place := place, at := epoch_us(touched_at), channel_no := channel_no, is_informative := is_informative))
                filter (where is_known)
        ) as steps,
        count(*) as touch_count,
        bool_or(is_informative) as has_informative,
        max(touched_at) as ended_at,
        (epoch_us(max(touched_at)) - epoch_us(min(touched_at))) / 86400000000.0 as days
    from numbered
    group by person_id, journey_no
),

kept as (
    select
        person_id,
        journey_no,
        list_filter(coalesce(steps, []), s -> s.is_informative or not has_informative or $direct = 'keep') as steps,
        touch_count,
        ended_at,
        days
    from lost
),

journeys as (
    select
        conversion.conversion_id as journey_id,
        conversion.person_id,
        true as is_converted,
        list_transform(coalesce(converting.steps, []), s -> s.channel_no) as channels,
        list_transform(coalesce(converting.steps, []), s -> s.age_days) as ages,
        coalesce(converting.touch_count, 0) as touch_count,
        conversion.converted_at as ended_at,
        coalesce(converting.days, 0) as days,
        coalesce(sales.revenue_minor, 0) as revenue_minor,
        coalesce(sales.net_minor, 0) as net_minor
    from staging.conversion as conversion
    inner join sales
        on sales.conversion_id = conversion.conversion_id
    left join converting
        on converting.journey_id = conversion.conversion_id
    where conversion.kind = $path_kind
    union all
    select
        cast(person_id as varchar) || ':' || cast(journey_no as varchar) as journey_id,
        person_id,
        false as is_converted,
        list_transform(steps, s -> s.channel_no) as channels,
        list_transform(steps, s -> (epoch_us(ended_at) - s.at) / 86400000000.0) as ages,
        touch_count,
        ended_at,
        days,
        0 as revenue_minor,
        0 as net_minor
    from kept
)

select
    journey_id,
    person_id,
    -- an order of nobody known is a person of its own
    cast(cast('0x' || substr(coalesce(cast(person_id as varchar), md5(journey_id)), 1, 8) as bigint) % 1000 as integer) as bucket,
    is_converted,
    channels,
    ages,
    touch_count,
    ended_at,
    days,
    revenue_minor,
    net_minor
from journeys
