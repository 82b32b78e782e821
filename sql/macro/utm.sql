-- UTM values: parsed in the order of docs/channels.md. They see a query that `clean_query` has already cleared of personal values.

-- the last value of a parameter, names compared without case (a repeated key: the last one is what the click carried)
create or replace temporary macro query_value(query, name) as
    nullif(substr(
        list_filter(string_split(query, '&'), p -> lower(split_part(p, '=', 1)) = name)[-1],
        length(name) + 2
    ), '');

create or replace temporary macro percent_decoded(value) as
    coalesce(try(url_decode(replace(value, '+', ' '))), value);

-- one form of one text: NFKC, no zero-width characters, single spaces
create or replace temporary macro utm_text(value) as
    nullif(trim(regexp_replace(regexp_replace(
        case when regexp_matches(value, '[^\x00-\x7F]') then nfkc(value) else value end,
        '[\x{200B}-\x{200D}\x{2060}\x{FEFF}]', '', 'g'), '\s+', ' ', 'g')), '');

-- a template that was never filled in: {{campaign.name}}, __CAMPAIGN_NAME__, {campaignid}, [utm_source]
create or replace temporary macro is_utm_template(value) as
    regexp_matches(value, '^(?:\{\{.*\}\}|__[A-Z_]+__|\{[A-Za-z_:.]+\}|\[[A-Za-z_]+\]|%%.*%%)$');

-- an e-mail address or a telephone number, or what clean_query left in its place
create or replace temporary macro is_utm_personal(value) as
    value = '(removed)' or contains(value, '@') or regexp_matches(value, '^\+[0-9][0-9 ().-]{6,}[0-9]$');

-- a value that is already plain text, as a post's link or a name in the configuration
create or replace temporary macro utm_value(value) as
    utm_text(percent_decoded(value));

-- for comparing: lower case, spaces and + as _
create or replace temporary macro utm_normal(value) as
    regexp_replace(lower(value), '[\s+]+', '_', 'g');
