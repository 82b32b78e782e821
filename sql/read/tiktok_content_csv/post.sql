-- Videos of a TikTok account. A video's id holds the second it was made; it is believed where it agrees with the post time in the
-- file, which is a day without a year in many exports and is then dated to the last one before the export.
-- grain:  one row per video
-- key:    platform, post_id
-- params: $account, $time_zone, $date_order, $year, $exported_at
with

videos as (
    select
        line_no,
        tiktok_post_id(link) as post_id,
        coalesce($account, tiktok_handle(link)) as account_id,
        link,
        video_title,
        post_time,
        snowflake_instant(tiktok_post_id(link), 32, 1000000, 0) as id_at,
        try_cast(social_day_text(post_time, $date_order) as date) as full_day,
        strftime(try_cast(printf('2000-%02d-%02d', named_month_day(post_time)[1], named_month_day(post_time)[2]) as date), '-%m-%d') as month_day,
        cast($exported_at as timestamptz) + interval 1 day as latest_at
    from input
),

dated as (
    select
        *,
        coalesce(full_day, try_cast(coalesce(
            cast($year as integer),
            year(latest_at) - case when month_day > strftime(latest_at, '-%m-%d') then 1 else 0 end
        ) || month_day as date)) as day
    from videos
),

told as (
    select
        *,
        case
            when cell(post_time) is null and id_at between timestamptz '2016-01-01' and latest_at then id_at
            else agreeing_instant(id_at, day)
        end as exact_at
    from dated
)

select
    line_no,
    'tiktok' as platform,
    post_id,
    account_id,
    json_object('video_id', post_id) as native_ids,
    cell(link) as permalink,
    coalesce(
        instant_text(exact_at),
        social_instant_text(cast(day as varchar) || ' ' || social_time_text(post_time), null, coalesce($time_zone, 'UTC')),
        cell(post_time)
    ) as published_at,
    exact_at is not null or $time_zone is not null as is_published_zone_known,
    case when cell(link) like '%/photo/%' then 'post' else 'video' end as kind,
    excerpt(video_title) as text_excerpt,
    first_link(video_title) as link_url
from told
