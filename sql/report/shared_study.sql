-- Which studies readers outside (share links) may see: those in whose time and treated places enough persons bought. A study without
-- places is about all of them, one without days about all days.
-- grain:  one row per claim of a study
-- key:    study_id
-- params: $shared_k (integer)
with

buyers as (
    select
        place.own_geo as geo,
        conversion.conversion_date,
        -- an order of nobody known counts as a person of its own
        coalesce(cast(conversion.person_id as varchar), conversion.conversion_id) as person
    from staging.conversion as conversion
    left join panel.place as place
        on place.country = coalesce(conversion.country, '')
        and place.region = coalesce(conversion.region, '')
)

select
    study.study_id,
    count(distinct buyers.person) >= $shared_k as is_shared
from result.lift_study as study
left join buyers
    on (study.geos is null or study.geos = '' or list_contains(string_split(study.geos, ','), buyers.geo))
    and (study.start_date is null or buyers.conversion_date >= study.start_date)
    and (study.end_date is null or buyers.conversion_date <= study.end_date)
group by study.study_id
