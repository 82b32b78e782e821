-- Channel that engagement with the posts of a platform belongs to.
create or replace temporary macro engagement_channel(platform) as
    case
        when platform in ('youtube', 'vimeo') then 'Organic Video'
        when platform in ('mastodon', 'pixelfed', 'peertube', 'fediverse') then 'Fediverse'
        else 'Organic Social'
    end;
