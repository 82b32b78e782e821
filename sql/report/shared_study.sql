-- Which studies readers outside (share links) may see: those in whose time and treated places at least $shared_k persons bought. A study
-- without places is about all of them, one without days about all days.
-- grain:  one row per claim of a study
-- key:    study_id
-- params: $shared_k (integer)
with

studies as (
    select
        study_id,
        coalesce(geos, '') as geos,
        coalesce(start_date, date '0001-01-01') as start_date,
        coalesce(end_date, date '9999-12-31') as end_date
    from result.lift_study
),

buyers as (
    select distinct
        place.own_geo as geo,
        conversion.conversion_date,
        -- an order of nobody known counts as a person of its own
        coalesce(cast(conversion.person_id as varchar), conversion.conversion_id) as person
    from staging.conversion as conversion
    inner join (select min(start_date) as first_date, max(end_date) as last_date from studies) as looked_at
        on conversion.conversion_date between looked_at.first_date and looked_at.last_date
    left join panel.place as place
        on place.country = coalesce(conversion.country, '')
        and place.region = coalesce(conversion.region, '')
),

-- so many persons of one day are enough; with fewer on every day nobody is left out
place_days as (
    select geo, conversion_date, person
    from (
        select *, row_number() over (partition by geo, conversion_date order by person) as person_no
        from buyers
    )
    where person_no <= $shared_k
),

days as (
    select conversion_date, person
    from (
        select conversion_date, person, row_number() over (partition by conversion_date order by person) as person_no
        from (select distinct conversion_date, person from buyers)
    )
    where person_no <= $shared_k
),

study_places as (
    select study_id, start_date, end_date, unnest(string_split(geos, ',')) as geo
    from studies
    where geos <> ''
),

seen as (
    select study_places.study_id, place_days.person
    from study_places
    inner join place_days
        on place_days.geo = study_places.geo
        and place_days.conversion_date between study_places.start_date and study_places.end_date
    union all
    select studies.study_id, days.person
    from studies
    inner join days
        on days.conversion_date between studies.start_date and studies.end_date
    where studies.geos = ''
)

select
    studies.study_id,
    count(distinct seen.person) >= $shared_k as is_shared
from studies
left join seen
    on seen.study_id = studies.study_id
group by studies.study_id
