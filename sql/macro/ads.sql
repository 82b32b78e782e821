-- Money, days and slices as advertising platforms write them. What cannot be read is passed on, so that typing rejects it.

-- an amount in millionths of the currency
create or replace temporary macro micros_text(value) as
    list_transform([cell(value)], n -> coalesce(cast(try_cast(n as decimal(30, 0)) * 0.000001 as varchar), n))[1];

-- an amount with the noise of binary floating point (50.310000000000002, -1.7e-17) to six decimals
create or replace temporary macro rounded_text(value) as
    list_transform([cell(value)], n -> coalesce(cast(cast(try_cast(n as decimal(38, 12)) as decimal(24, 6)) as varchar), n))[1];

-- the day of a date, or of a midnight, as it stands
create or replace temporary macro plain_day_text(value) as
    coalesce(strftime(try_cast(cell(value) as timestamp), '%Y-%m-%d'), cell(value));

-- the day in `zone` of a time in UTC
create or replace temporary macro day_in_zone_text(value, zone) as
    coalesce(strftime(timezone(zone, timezone('UTC', try_cast(cell(value) as timestamp))), '%Y-%m-%d'), cell(value));

-- a day that a person's settings wrote: ISO, or day and month in the order of the file
create or replace temporary macro written_day_text(value, date_order) as
    list_transform([cell(value)], n -> coalesce(
        strftime(try_strptime(n, '%Y-%m-%d'), '%Y-%m-%d'),
        case
            when date_order = 'mdy' then strftime(try_strptime(replace(n, '.', '/'), '%m/%d/%Y'), '%Y-%m-%d')
            when date_order = 'dmy' then strftime(try_strptime(replace(n, '.', '/'), '%d/%m/%Y'), '%Y-%m-%d')
        end,
        n
    ))[1];

-- the hour of a time in UTC, as a slice of its day
create or replace temporary macro hour_slice(value) as
    'hour=' || coalesce(strftime(try_cast(cell(value) as timestamp), '%Y-%m-%dT%HZ'), cell(value));

-- slices of one day of one entity, which add up to it: `device=MOBILE;network=SEARCH`; null when it is not sliced
create or replace temporary macro slices_text(slices) as
    nullif(array_to_string(list_filter(slices, slice -> slice is not null), ';'), '');

create or replace temporary macro list_distinct_in_order(items) as
    list_filter(items, (item, i) -> list_position(items, item) = i);

-- a query in which a repeated key keeps its last value, in the place of the first
create or replace temporary macro last_key_wins(query) as
    array_to_string(
        list_transform(
            list_distinct_in_order(list_transform(string_split(query, '&'), p -> lower(split_part(p, '=', 1)))),
            k -> list_filter(string_split(query, '&'), p -> lower(split_part(p, '=', 1)) = k)[-1]
        ),
        '&'
    );

-- tags that Meta appends to a link: a list of key and value as JSON, or a query
create or replace temporary macro url_tags_query(tags) as
    case
        when starts_with(trim(tags), '[') then array_to_string(
            list_transform(
                from_json(tags, '[{"key": "VARCHAR", "value": "VARCHAR"}]'),
                t -> t.key || '=' || url_encode(coalesce(t.value, ''))
            ),
            '&'
        )
        else ltrim(cell(tags), '?&')
    end;
