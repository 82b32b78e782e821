-- Days that an export writes without a year (`December 31`), dated by their order in the file and by when it was made.
-- A file runs forward or backward in time; where it passes New Year, the year turns. Its newest day falls in `newest_year`, or, when
-- nobody says, in the last year in which it is not after the export (a day of grace for zones east of us).
-- Days with a year are taken as they are; what is neither is passed on, so that typing rejects it.
create or replace temporary macro yearless_days(source, date_order, newest_year, exported_at) as table (
    with

    parts as (
        select
            line_no,
            date as written,
            try_cast(social_day_text(date, date_order) as date) as full_day,
            try_cast(printf('2000-%02d-%02d', named_month_day(date)[1], named_month_day(date)[2]) as date) as leap_day
        from query_table(source)
    ),

    steps as (
        select
            line_no,
            leap_day,
            (date_diff('day', lag(leap_day) over (order by line_no), leap_day) + 366) % 366 as days_forward,
            leap_day < lag(leap_day) over (order by line_no) as is_smaller,
            leap_day > lag(leap_day) over (order by line_no) as is_larger
        from parts
        where leap_day is not null and full_day is null
    ),

    direction as (
        select coalesce(count(*) filter (where days_forward < 183) >= count(*) filter (where days_forward >= 183), true) as is_forward
        from steps
    ),

    turned as (
        select
            steps.line_no,
            steps.leap_day,
            direction.is_forward,
            sum(case
                when direction.is_forward and is_smaller then 1
                when not direction.is_forward and is_larger then -1
                else 0
            end) over (order by steps.line_no) as turns
        from steps
        cross join direction
    ),

    newest as (
        select
            max(turns) as turns,
            case when any_value(is_forward) then max_by(leap_day, line_no) else min_by(leap_day, line_no) end as leap_day
        from turned
    ),

    anchored as (
        select
            turns,
            coalesce(
                try_cast(newest_year as integer),
                year(cast(exported_at as timestamptz) + interval 1 day)
                - case when strftime(leap_day, '%m%d') > strftime(cast(exported_at as timestamptz) + interval 1 day, '%m%d') then 1 else 0 end
            ) as year
        from newest
    )

    select
        parts.line_no,
        coalesce(
            cast(parts.full_day as varchar),
            cast(try_cast(
                cast(anchored.year + turned.turns - anchored.turns as integer) || strftime(parts.leap_day, '-%m-%d') as date
            ) as varchar),
            cell(parts.written)
        ) as day
    from parts
    left join turned on turned.line_no = parts.line_no
    cross join anchored
);
