-- What web trackers send, brought to what may be kept.

-- true for a user agent that is a machine: crawlers, link previews, test browsers, monitors, HTTP libraries. Null when there is none.
-- `bot` has to end a word, and `cubot` (a make of telephone) is not one. The list stands in docs/sources/segment.md.
create or replace temporary macro is_bot_agent(value) as
    regexp_matches(lower(cell(value)),
        '(?:^|[^u]|[^c]u)bot(?:$|[^a-z])|crawl|spider|slurp|archiver|scrapy|nutch|fetcher'
        || '|headless|phantomjs|puppeteer|playwright|selenium|webdriver|cypress|lighthouse|pagespeed|gtmetrix|inspectiontool'
        || '|pingdom|statuscake|site24x7|uptime|catchpoint|datadog|synthetics'
        || '|facebookexternalhit|facebookcatalog|meta-external|mediapartners|apis-google|google-read-aloud|preview|embedly|^whatsapp/'
        || '|chatgpt-user|perplexity-user|claude-user|anthropic'
        || '|^curl/|^wget/|^java/|^ruby|python-|aiohttp|httpx/|go-http-client|apache-httpclient|libwww-perl|guzzlehttp|axios/|node-fetch|undici|postmanruntime');

-- a campaign value as it came; one that holds an e-mail address or a telephone number is replaced by (removed)
create or replace temporary macro campaign_text(value) as
    case
        when regexp_matches(value, '(?i)@|%(?:25)*40|^\s*(?:\+|%2b)[0-9][0-9 ().-]{6,}[0-9]\s*$') then '(removed)'
        else cell(value)
    end;

-- consent for a purpose from category -> yes or no, as JSON text; null when no category is about it, no when any of several says no
create or replace temporary macro consent_of(preferences, purpose) as
    case
        when regexp_matches(preferences, '(?i)"[^"]*(?:' || purpose || ')[^"]*"\s*:\s*"?(?:false|denied|no|0)\b') then 'false'
        when regexp_matches(preferences, '(?i)"[^"]*(?:' || purpose || ')[^"]*"\s*:\s*"?(?:true|granted|yes|1)\b') then 'true'
    end;

-- consent for a purpose from lists of allowed and denied categories, as JSON text
create or replace temporary macro consent_in(allowed, denied, purpose) as
    case
        when regexp_matches(denied, '(?i)"[^"]*(?:' || purpose || ')[^"]*"') then 'false'
        when regexp_matches(allowed, '(?i)"[^"]*(?:' || purpose || ')[^"]*"') then 'true'
    end;

-- a JSON number as text; inside quotes it is text that somebody wrote, and is read with the decimal mark
create or replace temporary macro json_number_text(value, mark) as
    case
        when cast(value as varchar) in ('null', '""') then null
        when starts_with(cast(value as varchar), '"') then number_text(trim(cast(value as varchar), '"'), mark)
        else cast(value as varchar)
    end;

-- microseconds since 1970 in text as ISO 8601 in UTC
create or replace temporary macro epoch_us_text(value) as
    coalesce(strftime(make_timestamp(try_cast(cell(value) as bigint)), '%Y-%m-%dT%H:%M:%S.%fZ'), cell(value));
