-- Whole journeys as sequences of channel numbers, converting and not, built by the same rules.
-- A person's touches that no conversion follows within their window are journeys that did not convert, parted where the
-- pause is longer than the window. Touches whose channel is not known are counted and stand in no sequence.
-- grain:  one row per journey
-- key:    conversion_id, person_id, journey_no
-- units:  conversion_id is null where the journey did not convert, journey_no counts those of a person from 1 and is 0 where it did;
--         touch_count is that of all touches; days from first to last touch (to the conversion when there is one); ages in microseconds
--         before the conversion, or before the last touch; revenue_minor and net_minor in minor units, before and after refunds;
--         bucket in 0 .. 999, the same for all journeys of a person: what the bootstrap draws together
-- params: $path_kind (varchar), $direct (varchar), $click_days (double)
with

channels as (
    select
        max(case when channel = 'Direct' then channel_no end) as direct_no,
        max(case when channel = '(unattributed)' then channel_no end) as unknown_no
    from rules.channel
),

converting as (
    select
        step.conversion_id,
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
    select distinct
        person_id,
        converted_at,
        coalesce(
            last_value(converted_at) over (
                partition by person_id
                order by converted_at
                groups between 1 preceding and 1 preceding
            ),
            timestamptz '0001-01-01 00:00:00+00'
        ) as previous_at
    from staging.conversion
    where kind = $path_kind
        and person_id is not null
),

-- a touch in one number, its instant above seven bits of its channel: such lists are gathered and sorted in a third of the time,
-- and touches of one instant stand in the order of their channels
leftover as (
    select
        touch.person_id,
        epoch_us(touch.touched_at) * 128 + touch.channel_no as stamp
    from staging.touch as touch
    left join instants
        on instants.person_id = touch.person_id
        and instants.converted_at > touch.touched_at
        and touch.touched_at >= instants.previous_at
    where touch.is_eligible
        and touch.person_id is not null
        and touch.source_order_id is null
        and touch.lookback_days > 0
        and (
            instants.converted_at is null
            or epoch_us(instants.converted_at) - epoch_us(touch.touched_at) > touch.lookback_days * 86400000000
        )
),

persons as (
    select
        person_id,
        cast(cast('0x' || substr(cast(person_id as varchar), 1, 8) as bigint) % 1000 as integer) as bucket,
        list_sort(list(stamp)) as stamps
    from leftover
    group by person_id
),

parted as (
    select
        *,
        list_filter(
            generate_series(1, len(stamps)),
            place -> place = 1 or (stamps[place] >> 7) - (stamps[place - 1] >> 7) > $click_days * 86400000000
        ) as starts
    from persons
),

lost as (
    select
        person_id,
        bucket,
        unnest(generate_series(1, len(starts))) as journey_no,
        unnest(list_transform(starts, (place, no) -> stamps[place : coalesce(starts[no + 1], len(stamps) + 1) - 1])) as stamps
    from parted
),

told as (
    select
        lost.*,
        list_filter(lost.stamps, stamp -> (stamp & 127) <> channels.unknown_no) as known,
        list_filter(lost.stamps, stamp -> (stamp & 127) <> channels.unknown_no and (stamp & 127) <> channels.direct_no) as informative
    from lost
    cross join channels
),

kept as (
    select
        *,
        stamps[-1] >> 7 as ended,
        -- direct visits stand aside when anything better is there
        case when len(informative) > 0 and $direct <> 'keep' then informative else known end as steps
    from told
)

select
    conversion.conversion_id,
    conversion.person_id,
    0 as journey_no,
    -- an order of nobody known is a person of its own
    cast(cast('0x' || substr(coalesce(cast(conversion.person_id as varchar), md5(conversion.conversion_id)), 1, 8) as bigint) % 1000 as integer) as bucket,
    true as is_converted,
    list_transform(coalesce(converting.steps, []), s -> cast(s.channel_no as utinyint)) as channels,
    list_transform(coalesce(converting.steps, []), s -> cast(round(s.age_days * 86400000000) as bigint)) as ages,
    coalesce(converting.touch_count, 0) as touch_count,
    conversion.converted_at as ended_at,
    coalesce(converting.days, 0) as days,
    cast(coalesce(sales.revenue_minor, 0) as bigint) as revenue_minor,
    cast(coalesce(sales.net_minor, 0) as bigint) as net_minor
from staging.conversion as conversion
inner join sales
    on sales.conversion_id = conversion.conversion_id
left join converting
    on converting.conversion_id = conversion.conversion_id
where conversion.kind = $path_kind
union all
select
    cast(null as varchar) as conversion_id,
    person_id,
    journey_no,
    bucket,
    false as is_converted,
    list_transform(steps, stamp -> cast(stamp & 127 as utinyint)) as channels,
    list_transform(steps, stamp -> ended - (stamp >> 7)) as ages,
    len(stamps) as touch_count,
    timezone('UTC', make_timestamp(ended)) as ended_at,
    (ended - (stamps[1] >> 7)) / 86400000000.0 as days,
    0 as revenue_minor,
    0 as net_minor
from kept
