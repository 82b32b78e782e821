-- Sums over the users of each arm of a study: all that a read-out of users needs; who they are stays here.
-- A user is a person; one who was assigned to several arms is in none of them and is counted apart, arm `(several)`.
-- What was bought counts from the assignment on; what was bought before the study started is the history.
-- grain:  one row per arm
-- key:    arm
-- units:  money in minor units of the reporting currency; products are sums of products over users
-- params: $study (varchar), $outcome (varchar), $before_from, $from_date, $to_date (day as text, both ends included), $reporting_time_zone (varchar, IANA)
with

assigned as (
    select
        coalesce(cast(person.person_id as varchar), assignment.unit) as user_id,
        min(assignment.arm) as arm,
        count(distinct assignment.arm) as arms,
        min(assignment.assigned_at) as assigned_at,
        max(exposure.exposed_at) is not null as is_exposed
    from staging.assignment as assignment
    left join staging.person as person
        on person.person_key = assignment.unit
    left join staging.exposure as exposure
        on exposure.study = assignment.study
        and exposure.unit = assignment.unit
    where assignment.study = $study
        and assignment.unit_kind = 'user'
    group by coalesce(cast(person.person_id as varchar), assignment.unit)
),

money as (
    select conversion_id, sum(revenue_minor) as net_minor
    from staging.revenue_event
    group by conversion_id
),

events as (
    select
        cast(conversion.person_id as varchar) as user_id,
        conversion.converted_at as happened_at,
        conversion.conversion_date as day,
        case $outcome
            when 'revenue_net' then money.net_minor
            when 'orders' then 1
            when 'new_customers' then case when conversion.customer_type = 'new' then 1 else 0 end
        end as value
    from staging.conversion as conversion
    inner join money
        on money.conversion_id = conversion.conversion_id
    where conversion.person_id is not null
        and $outcome <> 'sessions'
        and conversion.conversion_date between cast($before_from as date) and cast($to_date as date)
    union all
    select
        cast(person_id as varchar),
        touched_at,
        cast(timezone($reporting_time_zone, touched_at) as date),
        1
    from staging.touch
    where person_id is not null
        and is_eligible
        and $outcome = 'sessions'
        and cast(timezone($reporting_time_zone, touched_at) as date) between cast($before_from as date) and cast($to_date as date)
),

users as (
    select
        assigned.user_id,
        case when assigned.arms > 1 then '(several)' else assigned.arm end as arm,
        assigned.assigned_at,
        case when assigned.is_exposed then 1 else 0 end as exposed,
        cast(coalesce(sum(case when events.day >= cast($from_date as date) and events.happened_at >= assigned.assigned_at then events.value end), 0) as hugeint) as outcome,
        cast(coalesce(sum(case when events.day < cast($from_date as date) then events.value end), 0) as hugeint) as before
    from assigned
    left join events
        on events.user_id = assigned.user_id
    group by assigned.user_id, assigned.arms, assigned.arm, assigned.assigned_at, assigned.is_exposed
)

select
    arm,
    count(*) as n,
    cast(timezone($reporting_time_zone, min(assigned_at)) as date) as first_assigned_date,
    cast(timezone($reporting_time_zone, max(assigned_at)) as date) as last_assigned_date,
    sum(exposed) as exposed,
    cast(sum(outcome) as hugeint) as outcome,
    cast(sum(before) as hugeint) as before,
    cast(sum(outcome * outcome) as hugeint) as outcome_outcome,
    cast(sum(outcome * before) as hugeint) as outcome_before,
    cast(sum(before * before) as hugeint) as before_before,
    cast(sum(outcome * exposed) as hugeint) as outcome_exposed,
    cast(sum(before * exposed) as hugeint) as before_exposed
from users
group by arm
