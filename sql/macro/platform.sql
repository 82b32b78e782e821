-- Platforms that sell ads under one name and send visits under others.

-- true when what is declared for `platform` (null: for any) holds for `seen`
create or replace temporary macro covers_platform(platform, seen) as
    platform is null
    or platform = seen
    or platform = 'meta' and seen in ('facebook', 'instagram', 'messenger', 'threads', 'whatsapp')
    or platform = 'google' and seen = 'youtube';

-- true for a channel whose visits are bought
create or replace temporary macro paid_channel(channel) as
    channel like 'Paid %' or channel in ('Display', 'Cross-network');

-- who is paid for a visit of a paid channel, under the name that its spend goes by; elsewhere where the visit came from
create or replace temporary macro roi_platform(channel, platform, source) as
    case
        when not paid_channel(channel) then coalesce(source, platform)
        when coalesce(source, platform) in ('facebook', 'instagram', 'messenger', 'threads', 'whatsapp') then 'meta'
        when coalesce(source, platform) = 'youtube' then 'google'
        when coalesce(source, platform) = 'bing' then 'microsoft'
        else coalesce(source, platform)
    end;

-- channel that the ads of a platform belong to
create or replace temporary macro spend_channel(platform) as
    case
        when platform in ('google', 'bing', 'microsoft') then 'Paid Search'
        when platform in ('youtube') then 'Paid Video'
        else 'Paid Social'
    end;

-- channel that posts on a platform belong to
create or replace temporary macro post_channel(platform) as
    case
        when platform = 'youtube' then 'Organic Video'
        when platform in ('mastodon', 'pixelfed') then 'Fediverse'
        else 'Organic Social'
    end;
