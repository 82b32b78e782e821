-- Which geo a country and region belong to: as `geo_map` folds them, the region before its country; else country and region as they
-- are. Geos in which fewer than k persons bought are one, (suppressed); what names no country is (unknown).
-- grain:  one row per country and region that anything names
-- key:    country, region
-- params: $k (integer)
with

seen as (
    select coalesce(country, '') as country, coalesce(region, '') as region from staging.conversion
    union
    select coalesce(country, ''), coalesce(region, '') from staging.touch
    union
    select coalesce(country, ''), coalesce(region, '') from staging.engagement_event
    union
    select coalesce(country, ''), coalesce(region, '') from staging.metric_current
    union
    select coalesce(country, ''), coalesce(region, '') from staging.spend_daily
),

-- some say `FR-IDF` where others say `IDF`
named as (
    select
        country,
        region,
        case when starts_with(region, country || '-') then region[len(country) + 2:] else region end as bare_region
    from seen
),

mapped as (
    select
        named.country,
        named.region,
        case
            when named.country = '' then '(unknown)'
            else coalesce(
                min(by_region.geo),
                min(by_country.geo),
                case when named.bare_region = '' then named.country else named.country || '-' || named.bare_region end
            )
        end as geo
    from named
    left join rules.geo_map as by_region
        on upper(by_region.country) = upper(named.country)
        and upper(by_region.region) in (upper(named.bare_region), upper(named.region))
    left join rules.geo_map as by_country
        on upper(by_country.country) = upper(named.country)
        and by_country.region is null
    group by named.country, named.region, named.bare_region
),

buyers as (
    select
        mapped.geo,
        -- an order of nobody known counts as a person of its own
        count(distinct conversion.person_id) + count(*) filter (where conversion.person_id is null) as persons
    from staging.conversion as conversion
    inner join mapped
        on mapped.country = coalesce(conversion.country, '')
        and mapped.region = coalesce(conversion.region, '')
    group by mapped.geo
)

select
    mapped.country,
    mapped.region,
    case
        when mapped.geo = '(unknown)' or coalesce(buyers.persons, 0) >= $k then mapped.geo
        else '(suppressed)'
    end as geo,
    mapped.geo as own_geo
from mapped
left join buyers
    on buyers.geo = mapped.geo
