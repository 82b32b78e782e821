-- Days that no load of a source tells of: between two loads, or after the last one was made. Days before the first load are none:
-- what was not there yet did not run.
-- grain:  one row per stream, platform, account and stretch of days
-- key:    stream, platform, account_id, from_date
-- units:  both days belong to the gap; the last gap has no end and says 9999-12-31
-- params: $mix_gap_days (integer: shorter stretches are days on which nothing happened)
with

ordered as (
    select
        stream,
        platform,
        account_id,
        from_date,
        max(to_date) over (
            partition by stream, platform, account_id
            order by from_date, to_date, batch_id
            rows between unbounded preceding and 1 preceding
        ) as told_to
    from panel.mix_loaded
)

select
    stream,
    platform,
    account_id,
    told_to + 1 as from_date,
    min(from_date) - 1 as to_date
from ordered
where date_diff('day', told_to, from_date) - 1 >= $mix_gap_days
group by stream, platform, account_id, told_to
union all
select
    stream,
    platform,
    account_id,
    max(greatest(to_date, exported_date - 1)) + 1 as from_date,
    date '9999-12-31' as to_date
from panel.mix_loaded
group by stream, platform, account_id
