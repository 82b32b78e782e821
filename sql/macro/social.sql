-- What social exports have in common: wall-clock times in many hands, ids hidden in links, text to be shortened.

-- month of the year by its name, whole or cut, in English, German, French, Spanish, Italian, Portuguese and Dutch; null otherwise
create or replace temporary macro month_number(name) as
    list_transform([left(lower(strip_accents(name)), 4)], n -> case
        when n = 'juin' then 6
        when n = 'juil' then 7
        else map(
            [
                'jan', 'gen', 'ene', 'feb', 'fev', 'mar', 'mrz', 'mrt', 'apr', 'avr', 'abr', 'may', 'mai', 'mag', 'mei', 'jun', 'giu',
                'jul', 'lug', 'aug', 'aou', 'ago', 'sep', 'set', 'oct', 'okt', 'ott', 'out', 'nov', 'dec', 'dez', 'dic'
            ],
            [1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 7, 8, 8, 8, 9, 9, 10, 10, 10, 10, 11, 12, 12, 12]
        )[left(n, 3)]
    end)[1];

-- day and month of text that names the month, with or without a year, as [month, day]; nulls when it does not.
-- `28 August`, `1. Januar`, `1er janvier`, `31 de diciembre`; else `Mar 20`
create or replace temporary macro named_month_day(value) as
    list_transform(
        [regexp_extract(value, '(\d{1,2})(?:st|nd|rd|th|er|\.|º)?\s+(?:de\s+)?(\pL{3,})', ['day', 'month'])],
        first -> list_transform(
            [case when first.day <> '' then first else regexp_extract(value, '(\pL{3,})\.?\s+(\d{1,2})', ['month', 'day']) end],
            found -> [month_number(found.month), try_cast(found.day as integer)]
        )[1]
    )[1];

-- calendar day as ISO text from ISO, from numbers in `date_order` (a day above 12 speaks for itself) or from a named month with
-- a year; anything else, 03/04/2026 without an order too, is passed on as it came
create or replace temporary macro social_day_text(value, date_order) as
    list_transform([cell(value)], v -> coalesce(cast(try_cast(case
        when regexp_matches(v, '^\d{4}-\d{2}-\d{2}') then left(v, 10)
        when regexp_matches(v, '^\d{1,2}[./-]\d{1,2}[./-]\d{4}') then list_transform(
            [regexp_extract(v, '^(\d{1,2})[./-](\d{1,2})[./-](\d{4})', ['a', 'b', 'year'])],
            p -> case
                when date_order = 'mdy' or date_order is null and cast(p.b as integer) > 12 or p.a = p.b
                    then p.year || '-' || lpad(p.a, 2, '0') || '-' || lpad(p.b, 2, '0')
                when date_order = 'dmy' or date_order is null and cast(p.a as integer) > 12
                    then p.year || '-' || lpad(p.b, 2, '0') || '-' || lpad(p.a, 2, '0')
            end
        )[1]
        else list_transform(
            [named_month_day(v)],
            found -> printf('%s-%02d-%02d', regexp_extract(v, '\b((?:19|20)\d{2})\b', 1), found[1], found[2])
        )[1]
    end as date) as varchar), v))[1];

-- time of day as HH:MM:SS, with its fraction; midnight when the text has none
create or replace temporary macro social_time_text(value) as
    list_transform(
        [regexp_extract(lower(value), '(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?:\s*([ap])\.?m)?', ['hour', 'minute', 'second', 'half'])],
        t -> case
            when t.hour = '' then '00:00:00'
            else printf(
                '%02d:%s:%s',
                (cast(t.hour as integer) + case
                    when t.half = 'p' and t.hour <> '12' then 12
                    when t.half = 'a' and t.hour = '12' then -12
                    else 0
                end),
                t.minute,
                case when t.second = '' then '00' else t.second end
            )
        end
    )[1];

-- true when the text carries its own offset from UTC
create or replace temporary macro has_offset(value) as
    regexp_matches(trim(value), '\d:\d{2}.*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})$');

-- that offset as +HH:MM
create or replace temporary macro offset_of(value) as
    list_transform([regexp_extract(trim(value), '([+-]\d{2}):?(\d{2})?$', ['hours', 'minutes'])], o -> case
        when o.hours = '' then '+00:00'
        else o.hours || ':' || case when o.minutes = '' then '00' else o.minutes end
    end)[1];

-- instant as ISO 8601 in UTC, from a timestamptz
create or replace temporary macro instant_text(value) as
    strftime(timezone('UTC', value), '%Y-%m-%dT%H:%M:%S.%fZ');

-- instant as ISO 8601 in UTC: by its own offset when it has one, else as wall-clock time in `zone`
create or replace temporary macro social_instant_text(value, date_order, zone) as
    list_transform([cell(value)], v -> list_transform(
        [social_day_text(v, date_order) || ' ' || social_time_text(v)],
        wall -> coalesce(
            instant_text(case
                when has_offset(v) then try_cast(wall || offset_of(v) as timestamptz)
                else timezone(zone, try_cast(wall as timestamp))
            end),
            v
        )
    )[1])[1];

-- instant of a snowflake id whose bits above `shift` count units of `unit_microseconds` since 1970 plus `offset_units`
create or replace temporary macro snowflake_instant(id, shift, unit_microseconds, offset_units) as
    make_timestamptz((cast(try_cast(id as ubigint) >> shift as bigint) + offset_units) * unit_microseconds);

-- the id as a platform gave it, or null when a spreadsheet has been at it (1.22158E+17)
create or replace temporary macro whole_id(value) as
    case when regexp_matches(ltrim(cell(value), ''''), '^\d+$') then ltrim(cell(value), '''') end;

-- link without userinfo, fragment and any parameter that may name a person
create or replace temporary macro kept_link(url) as
    list_transform([regexp_replace(cell(url), '[.,;:!?)\]]+$', '')], u -> case
        when url_host(u) is null then null
        else 'https://' || url_host(u) || url_path(u) || coalesce('?' || clean_query(u), '')
    end)[1];

-- the first link of a text, with or without https:// in front
create or replace temporary macro first_link(value) as
    list_transform([cell(value)], v -> kept_link(case
        when regexp_matches(v, '(?i)https?://') then regexp_extract(v, '(?i)(https?://[^\s"<>]+)', 1)
        else 'https://' || nullif(regexp_extract(v, '(?i)(?:^|\s)((?:[a-z0-9-]+\.)+[a-z]{2,}/[^\s"<>]*)', 1), '')
    end))[1];

-- HTML as the text a reader sees
create or replace temporary macro html_text(value) as
    replace(replace(replace(replace(replace(
        regexp_replace(regexp_replace(cell(value), '(?i)<br\s*/?>|</p>', ' ', 'g'), '<[^>]*>', '', 'g'),
        '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''), '&amp;', '&');

-- start of a text, without e-mail addresses, handles and what follows a link's path
create or replace temporary macro excerpt(value) as
    nullif(trim(left(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        cell(value),
        '(?i)((?:https?://|(?:[a-z0-9-]+\.)+[a-z]{2,}/)[^\s?#]*)[?#]\S*', '\1', 'g'),
        '[^\s@]+@[^\s@]+\.[^\s@]+', '(removed)', 'g'),
        '(^|[^\pL\pN/])[@＠][\pL\pN_.-]+', '\1@…', 'g'),
        '\s+', ' ', 'g'), 200)), '');

-- one measured value: canonical name, plain number as text, and what the source calls it
create or replace temporary macro measure(metric, value, definition) as
    struct_pack(metric := metric, value := value, definition := definition, is_count := false);

-- the same from a cell that holds a count. (The cell is read once for all of them, by `measured_text` below: cleaned forty times
-- over in a wide select it takes longer to plan than to read)
create or replace temporary macro count_of(metric, value, definition) as
    struct_pack(metric := metric, value := value, definition := definition, is_count := true);

create or replace temporary macro measured_text(measured) as
    case when measured.is_count then count_text(measured.value) else measured.value end;

-- how the values of a canonical metric behave when days or posts are added up
create or replace temporary macro metric_additivity(metric) as
    case
        when metric = 'followers' then 'snapshot'
        when metric in ('reach', 'engaged_users') then 'unique'
        when metric like '%\_rate%' escape '\' then 'ratio'
        else 'additive'
    end;

create or replace temporary macro metric_unit(metric) as
    case
        when metric like '%\_seconds' escape '\' then 'seconds'
        when metric like '%\_rate%' escape '\' then 'ratio'
        else 'count'
    end;

-- sum of counts, nulls left out; one that cannot be read is passed on, so that typing rejects its record
create or replace temporary macro count_sum_text(counts) as
    list_transform([list_filter(counts, c -> c is not null)], present -> case
        when len(present) = 0 then null
        else coalesce(
            list_filter(present, c -> try_cast(c as decimal(24, 6)) is null)[1],
            cast(list_sum(list_transform(present, c -> cast(try_cast(c as decimal(24, 0)) as hugeint))) as varchar)
        )
    end)[1];

-- a plain number times a factor; passed on when it is not one
create or replace temporary macro scaled_text(value, factor) as
    list_transform([value], v -> coalesce(cast(cast(try_cast(v as decimal(24, 9)) * factor as decimal(24, 6)) as varchar), v))[1];

-- `6.5%` and, when the column is in percent, `6.5`, as a share
create or replace temporary macro percent_text(value, mark) as
    scaled_text(number_text(replace(cell(value), '%', ''), mark), 0.01);

-- an Instagram post's media id; its shortcode when the export has no whole id
create or replace temporary macro instagram_shortcode(permalink) as
    nullif(regexp_extract(cell(permalink), '(?i)instagram\.com/(?:[^/?#]+/)?(?:p|reel|reels|tv)/([A-Za-z0-9_-]+)', 1), '');

create or replace temporary macro instagram_post_id(id, permalink) as
    coalesce(
        whole_id(id),
        instagram_shortcode(permalink),
        nullif(regexp_extract(cell(permalink), '(?i)instagram\.com/stories/[^/?#]+/(\d+)', 1), '')
    );

-- a Facebook post's own number, from a link
create or replace temporary macro facebook_link_id(permalink) as
    nullif(regexp_extract(
        cell(permalink),
        '(?i)(?:/(?:posts|videos|photos|permalink)/(?:[^/?#]*/)*|/reel/|/share/[pvr]/|[?&](?:story_fbid|fbid|v)=)(pfbid\w+|\d+)', 1
    ), '');

-- a Facebook post's own number: without the page's in front (the API says `page_post`), from the link when a spreadsheet has rounded it
create or replace temporary macro facebook_post_id(id, permalink) as
    case
        when length(whole_id(id)) >= 16 and left(whole_id(id), 15) = left(facebook_link_id(permalink), 15) then facebook_link_id(permalink)
        when whole_id(id) is not null then whole_id(id)
        when regexp_matches(cell(id), '^\d+_\d+$') then split_part(cell(id), '_', 2)
        else facebook_link_id(permalink)
    end;

-- kind of a Meta post by what its export calls it, in the export's language
create or replace temporary macro meta_post_kind(post_type) as
    case
        when cell(post_type) is null then null
        when regexp_matches(cell(post_type), '(?i)reel') then 'reel'
        when regexp_matches(cell(post_type), '(?i)stor(?:y|ies|ie)|histor') then 'story'
        when regexp_matches(cell(post_type), '(?i)v[ií]d[eé]o|live') then 'video'
        else 'post'
    end;

-- the first of several columns that holds more than zero, else the first that holds anything: Instagram repeats one number in the
-- columns of several media types, or fills those of the others with zero
create or replace temporary macro first_filled(counts) as
    coalesce(
        list_filter(counts, c -> c is not null and coalesce(try_cast(c as decimal(24, 6)) <> 0, true))[1],
        list_filter(counts, c -> c is not null)[1]
    );

-- canonical metric of a one-metric export by its title, in English, German, French or Spanish; null when it is none of ours
create or replace temporary macro meta_metric(title) as
    list_transform([lower(strip_accents(title))], t -> case
        when t is null then null
        when regexp_matches(t, 'unfollow|entfolg|desabon|dejado de seguir') then 'unfollows'
        when regexp_matches(t, 'link click|linkklick|clics? sur|clics? en') then 'link_clicks'
        when regexp_matches(t, 'interaction|interaktion|interaccion') then 'engagements_reported'
        when regexp_matches(t, 'reach|viewers|reichweite|betrachter|couverture|spectateur|alcance|espectador') then 'reach'
        when regexp_matches(t, 'visit|besuch') then 'profile_visits'
        when regexp_matches(t, 'follow|gefolgt|abonn|suivi|seguidor|seguimiento') then 'follows'
        when regexp_matches(t, 'views|aufrufe|vues|visualizacion|reproduccion') then 'views'
    end)[1];

-- the number of a LinkedIn post, from a URN or a link: activity, share and ugcPost are three names of one post
create or replace temporary macro linkedin_post_id(urn) as
    nullif(regexp_extract(cell(urn), '(?i)(?:activity|share|ugcPost|groupPost)[:\-](\d{8,})', 1), '');

create or replace temporary macro linkedin_account_id(urn) as
    nullif(regexp_extract(cell(urn), '(?i)urn:li:(?:organization|organizationBrand|company):(\d+)', 1), '');

-- the id of a post on X, from its link first: a spreadsheet rounds the id and leaves the link alone
create or replace temporary macro x_post_id(id, link) as
    coalesce(nullif(regexp_extract(cell(link), '(?i)/status(?:es)?/(\d+)', 1), ''), whole_id(id));

-- the account's own handle, from a link to one of its posts
create or replace temporary macro x_handle(link) as
    lower(nullif(regexp_extract(cell(link), '(?i)(?:twitter|x)\.com/([A-Za-z0-9_]{2,})/status', 1), ''));

create or replace temporary macro tiktok_post_id(link) as
    nullif(regexp_extract(cell(link), '(?i)/(?:video|photo)/(\d+)', 1), '');

create or replace temporary macro tiktok_handle(link) as
    lower(nullif(regexp_extract(cell(link), '(?i)tiktok\.com/@([A-Za-z0-9_.]+)', 1), ''));

-- a YouTube video id: eleven letters, figures, - and _; one that a spreadsheet took for a formula (#NAME?) is none
create or replace temporary macro youtube_video_id(value) as
    nullif(regexp_extract(trim(value), '^''?([A-Za-z0-9_-]{11})$', 1), '');

-- an instant that the id gives to the millisecond, where it agrees with the day in the file (which may be of another zone)
create or replace temporary macro agreeing_instant(instant, day) as
    case when abs(date_diff('day', cast(timezone('UTC', instant) as date), try_cast(day as date))) <= 1 then instant end;

-- platform of a scheduler's row, by what the scheduler calls the network
create or replace temporary macro network_platform(network) as
    list_transform([lower(cell(network))], n -> case
        when n like 'facebook%' then 'facebook'
        when n like 'instagram%' then 'instagram'
        when n like 'linkedin%' then 'linkedin'
        when n like 'youtube%' then 'youtube'
        when n like 'tiktok%' then 'tiktok'
        when n like 'twitter%' or n = 'x' or n like 'x (%' or n like 'x %' then 'x'
        else nullif(regexp_replace(n, '[^a-z0-9]+', '_', 'g'), '')
    end)[1];

-- native id of a post, from a scheduler's id and link: both rows of one post must agree
create or replace temporary macro network_post_id(platform, id, link) as
    case platform
        when 'facebook' then facebook_post_id(id, link)
        when 'instagram' then case when length(whole_id(id)) >= 15 then whole_id(id) else coalesce(instagram_shortcode(link), whole_id(id)) end
        when 'linkedin' then coalesce(linkedin_post_id(id), linkedin_post_id(link), whole_id(id))
        when 'x' then x_post_id(id, link)
        when 'tiktok' then coalesce(tiktok_post_id(link), whole_id(id))
        when 'youtube' then coalesce(
            nullif(regexp_extract(cell(link), '(?:[?&]v=|youtu\.be/|/shorts/|/live/)([A-Za-z0-9_-]{11})', 1), ''), youtube_video_id(id)
        )
        else coalesce(whole_id(id), cell(id), kept_link(link))
    end;
