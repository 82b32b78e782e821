-- URLs, stripped to what attribution may keep: host, path, and allow-listed parameters without personal values.

create or replace temporary macro url_host(url) as
    nullif(lower(regexp_extract(cell(url), '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/@?#]*@)?([^/:?#]+)', 1)), '');

-- the path, with any segment that holds an e-mail address removed
create or replace temporary macro url_path(url) as
    case
        when cell(url) is null then null
        else coalesce(nullif(regexp_replace(
            regexp_extract(cell(url), '^(?:(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//[^/?#]*)?([^?#]*)', 1),
            '[^/]*(?:@|%40)[^/]*', '', 'g'
        ), ''), '/')
    end;

-- of query and fragment only utm_* and campaign ids (&amp; ; ? and # all separate); a value that holds an @ is replaced by (removed), so that it can be counted but not read
create or replace temporary macro clean_query(url) as
    case
        when regexp_matches(url, '(?i)[?#&;](?:utm_|gad_campaignid=)') then list_transform(
            [array_to_string(regexp_extract_all(
                regexp_extract(trim(url), '(?s)[?#].*'),
                '(?i)[?#&;]((?:utm_(?:source|medium|campaign|term|content|id)|gad_campaignid)=[^?#&;]*)', 1
            ), '&')],
            query -> case
                when query = '' then null
                when regexp_matches(query, '@|%(?:25)*40|=(?:\+|%(?:25)*2[Bb])\d') then regexp_replace(query,
                    '([^=&]*)=(?:[^&]*(?:@|%(?:25)*40)[^&]*|(?:\+|%(?:25)*2[Bb])\d(?:[\d+(). -]|%(?:25)*2[089BbDdEe]){6,})(&|$)', '\1=(removed)\2', 'g')
                else query
            end
        )[1]
    end;

-- click id: its type (lower case) and, apart, its value (case kept)
create or replace temporary macro click_id_type(url) as
    nullif(lower(regexp_extract(cell(url),
        '(?i)[?&#;](gclid|gbraid|wbraid|dclid|srsltid|fbclid|ttclid|li_fat_id|twclid|msclkid|sccid|epik|rdt_cid|yclid|igshid)=[^&#;]', 1)), '');

create or replace temporary macro click_id_value(url) as
    nullif(regexp_extract(cell(url),
        '(?i)[?&#;](?:gclid|gbraid|wbraid|dclid|srsltid|fbclid|ttclid|li_fat_id|twclid|msclkid|sccid|epik|rdt_cid|yclid|igshid)=([^&#;]+)', 1), '');

create or replace temporary macro click_id_key(url) as
    person_key('click_id', click_id_value(url));
