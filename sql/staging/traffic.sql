-- Where a visit came from, as said by its URL, click id and referrer: each distinct way once.
-- grain:  one row per distinct (landing_query, utm_*_raw, utm_id_raw, click_id_type, referrer_host, platform)
-- key:    traffic_key
with

said as (
    select
        *,
        row_number() over () as way
    from (
        select distinct
            landing_query,
            utm_source_raw,
            utm_medium_raw,
            utm_campaign_raw,
            utm_term_raw,
            utm_content_raw,
            utm_id as utm_id_raw,
            click_id_type,
            referrer_host,
            platform
        from raw.touch
    )
),

-- the URL is what the click carried; a tracker's own reading of it fills in only where the URL is silent
spelled as (
    select way, 1 as turn, lower(split_part(parameter, '=', 1)) as name, substr(parameter, instr(parameter, '=') + 1) as value, position
    from (
        select way, unnest(string_split(landing_query, '&')) as parameter, generate_subscripts(string_split(landing_query, '&'), 1) as position
        from said
        where landing_query is not null
    )
    union all
    select way, 2 as turn, unnest(['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'utm_id']) as name,
        unnest([utm_source_raw, utm_medium_raw, utm_campaign_raw, utm_term_raw, utm_content_raw, utm_id_raw]) as value, 1 as position
    from said
),

-- decoded once, then again while it still looks encoded, three times at most
decoded_once as (
    select *, percent_decoded(value) as decoded
    from spelled
    where value is not null
),

decoded_twice as (
    select * exclude (decoded), case when regexp_matches(decoded, '%[0-9A-Fa-f]{2}') then percent_decoded(decoded) else decoded end as decoded
    from decoded_once
),

decoded as (
    select * exclude (decoded), case when regexp_matches(decoded, '%[0-9A-Fa-f]{2}') then percent_decoded(decoded) else decoded end as decoded
    from decoded_twice
),

cleaned as (
    select
        way,
        turn,
        name,
        position,
        decoded,
        utm_text(decoded) as text,
        -- a telephone number begins with the + that decoding makes a space
        utm_text(percent_decoded(replace(value, '+', '%2B'))) as text_with_plus,
        count(*) over (partition by way, turn, name) > 1 as is_repeated
    from decoded
),

judged as (
    select *, is_utm_personal(text) or is_utm_personal(text_with_plus) as is_personal, is_utm_template(text) as is_template
    from cleaned
),

-- a repeated key: the last one, as the click counts it
chosen as (
    select
        way,
        name,
        arg_min(text, turn * 1000 - position) filter (where text is not null and not is_personal and not is_template) as text,
        arg_min(decoded, turn * 1000 - position) filter (where text is not null and not is_personal and not is_template) as untrimmed,
        count(*) filter (where is_personal) as personal_values,
        count(*) filter (where is_template) as template_values,
        count(*) filter (where is_repeated) as repeated_keys
    from judged
    group by way, name
),

read_back as (
    select
        way,
        max(text) filter (where name = 'utm_source') as utm_source,
        max(text) filter (where name = 'utm_medium') as utm_medium,
        max(text) filter (where name = 'utm_campaign') as utm_campaign,
        max(text) filter (where name = 'utm_term') as utm_term,
        max(text) filter (where name = 'utm_content') as utm_content,
        max(text) filter (where name = 'utm_id') as utm_id,
        max(text) filter (where name = 'gad_campaignid') as google_campaign_id,
        max(untrimmed) filter (where name = 'utm_source') as utm_source_untrimmed,
        max(untrimmed) filter (where name = 'utm_medium') as utm_medium_untrimmed,
        sum(personal_values) as personal_values,
        sum(template_values) as template_values,
        sum(repeated_keys) as repeated_keys
    from chosen
    group by way
),

parsed as (
    select
        said.*,
        read_back.* exclude (way, personal_values, template_values, repeated_keys),
        coalesce(read_back.personal_values, 0) as personal_values,
        coalesce(read_back.template_values, 0) as template_values,
        coalesce(read_back.repeated_keys, 0) as repeated_keys
    from said
    left join read_back
        on read_back.way = said.way
),

-- source and medium: UTM, else click id, else referrer, else unknown
resolved as (
    select
        parsed.*,
        referrer.is_spam,
        case
            when parsed.utm_source is not null or parsed.utm_medium is not null then 'utm'
            when click_id.source is not null then 'click_id'
            when referrer.host is not null then 'referrer'
            when parsed.platform is not null then 'platform'
            else 'none'
        end as resolved_by,
        case
            when parsed.utm_source is not null or parsed.utm_medium is not null then lower(parsed.utm_source)
            when click_id.source is not null then click_id.source
            when referrer.host is not null then case when referrer.category = 'search' then referrer.source else regexp_replace(referrer.host, '^www\.', '') end
            else parsed.platform
        end as source_said,
        case
            when parsed.utm_source is not null or parsed.utm_medium is not null then lower(parsed.utm_medium)
            when click_id.source is not null then click_id.medium
            when referrer.host is not null then case when referrer.category = 'search' then 'organic' else 'referral' end
            when parsed.platform is not null then 'social'
        end as medium_said,
        case when parsed.utm_source is null and parsed.utm_medium is null and click_id.source is null then referrer.source end as referrer_source,
        case when parsed.utm_source is null and parsed.utm_medium is null and click_id.source is null then referrer.category end as referrer_category
    from parsed
    left join rules.click_id as click_id
        on click_id.click_id_type = parsed.click_id_type
    left join staging.referrer as referrer
        on referrer.host = parsed.referrer_host
),

aliased as (
    select
        resolved.*,
        coalesce(alias.source, resolved.referrer_source, utm_normal(resolved.source_said)) as source,
        utm_normal(resolved.medium_said) as medium,
        utm_normal(resolved.utm_campaign) as campaign,
        -- GA4 compares without case but trims nothing: `Email ` is no e-mail to it
        case when resolved.resolved_by = 'utm' then lower(resolved.utm_source_untrimmed) else resolved.source_said end as ga4_source,
        case when resolved.resolved_by = 'utm' then lower(resolved.utm_medium_untrimmed) else resolved.medium_said end as ga4_medium
    from resolved
    left join rules.source_alias as alias
        on alias.alias = utm_normal(resolved.source_said)
),

-- every campaign that it may be, the most telling match first; ties by campaign id, so that the choice never depends on order
candidates as (
    select
        aliased.way,
        list(
            struct_pack(campaign_id := listed.campaign_id, valid_from_date := listed.valid_from_date, valid_to_date := listed.valid_to_date)
            order by listed.rank, listed.priority desc, listed.campaign_id
        ) as campaign_matches,
        bool_or(listed.valid_from_date is not null or listed.valid_to_date is not null) as is_dated
    from aliased
    inner join staging.campaign_match as listed
        on covers_platform(listed.platform, aliased.source)
        and (
            (listed.match_type = 'platform_id' and listed.value in (aliased.utm_id, aliased.google_campaign_id, aliased.utm_content, aliased.utm_campaign))
            or (listed.match_type = 'utm_id' and listed.value = aliased.utm_id)
            or (listed.match_type = 'utm_campaign' and listed.value = aliased.campaign)
            or (
                listed.match_type = 'regex'
                and (regexp_full_match(aliased.campaign, listed.value, 'i') or regexp_full_match(aliased.utm_campaign, listed.value, 'i'))
            )
        )
    group by aliased.way
),

categories as (
    select
        aliased.*,
        candidates.campaign_matches,
        coalesce(candidates.is_dated, false) as is_dated,
        coalesce(source_category.category, aliased.referrer_category, ga4.category) as category,
        ga4.category as ga4_category
    from aliased
    left join candidates
        on candidates.way = aliased.way
    left join rules.source_category as source_category
        on source_category.source = aliased.source
    left join rules.ga4_source_category as ga4
        on ga4.source = aliased.ga4_source
),

named as (
    select
        -- absent is not empty: each way has its own key
        md5(concat_ws(chr(31), coalesce(landing_query, chr(30)), coalesce(utm_source_raw, chr(30)), coalesce(utm_medium_raw, chr(30)), coalesce(utm_campaign_raw, chr(30)),
            coalesce(utm_term_raw, chr(30)), coalesce(utm_content_raw, chr(30)), coalesce(utm_id_raw, chr(30)), coalesce(click_id_type, chr(30)),
            coalesce(referrer_host, chr(30)), coalesce(platform, chr(30)))) as traffic_key,
        landing_query,
        utm_source_raw,
        utm_medium_raw,
        utm_campaign_raw,
        utm_term_raw,
        utm_content_raw,
        utm_id_raw,
        click_id_type,
        referrer_host,
        platform,
        resolved_by,
        source,
        medium,
        campaign,
        utm_term as term,
        utm_content as content,
        utm_id,
        -- one campaign for good, or several with days to choose by when the touch is known
        case when not is_dated then campaign_matches[1].campaign_id end as campaign_id,
        case when is_dated then campaign_matches end as dated_matches,
        category,
        channel_ga4(ga4_source, ga4_medium, lower(utm_campaign), ga4_category) as channel_ga4,
        coalesce(
            (
                select min_by(rule.channel, rule.rule_index)
                from rules.channel_rule as rule
                where (rule.source is null or rule.source = categories.source)
                    and (rule.medium is null or rule.medium = categories.medium)
                    and (rule.campaign is null or rule.campaign = categories.campaign)
            ),
            channel_of(source, medium, campaign, category)
        ) as channel,
        coalesce(is_spam, false) as is_spam,
        personal_values,
        template_values,
        repeated_keys
    from categories
)

select named.*, numbered.channel_no
from named
inner join rules.channel as numbered
    on numbered.channel = named.channel
