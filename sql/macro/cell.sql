-- Cells as people and platforms write them, as text that a plain try_cast understands.
-- What cannot be understood is passed on as it came, so that typing rejects it by name instead of losing it.

-- the cell, or null for the ways platforms write "nothing". (A list, not `in (...)`: DuckDB turns a long `in` into a join, one
-- for each cell of a wide select)
create or replace temporary macro cell(value) as
    case
        -- longer than any of them: most cells, and the cheap way
        when length(trim(value)) > 9 then trim(value)
        when list_contains(['', '-', '--', '—', 'null', 'undefined', 'n/a', 'none', '(not set)'], lower(trim(value))) then null
        else trim(value)
    end;

-- the cell without spaces and apostrophes that part thousands
create or replace temporary macro bare_number(value) as
    regexp_replace(cell(value), '[\s''\x{00a0}\x{202f}]', '', 'g');

-- a number in plain notation. `mark` is the decimal mark, '.' or ',', or null when nobody said: then a number that can be
-- read both ways (1.200) is passed on marked, so that typing rejects it
-- (the cell is cleaned once, inside a list: an expression that stands twenty times makes planning a wide select take seconds)
create or replace temporary macro number_text(value, mark) as
    list_transform([bare_number(value)], n ->
        case
            when n is null then null
            when mark = '.' then replace(n, ',', '')
            when mark = ',' then replace(replace(n, '.', ''), ',', '.')
            when regexp_matches(n, '^[+-]?\d+(?:(?:\.\d+)?[eE][+-]?\d+)?$') then n
            -- one mark with three digits after it can be read both ways, unless thousands before it, or a zero, say which it is
            when regexp_matches(n, '^[+-]?[1-9]\d{0,2}[.,]\d{3}$') then 'ambiguous ' || n
            when regexp_matches(n, '^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)\.\d+$|^[+-]?\d{1,3}(?:,\d{3}){2,}$') then replace(n, ',', '')
            when regexp_matches(n, '^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+$|^[+-]?\d{1,3}(?:\.\d{3}){2,}$')
                then replace(replace(n, '.', ''), ',', '.')
            else 'ambiguous ' || n
        end
    )[1];

-- a count: whole by nature, so every separator of thousands is one, whatever the locale (1,250 and 1.250 and 1 250);
-- 1376.0 is 1376
create or replace temporary macro count_text(value) as
    list_transform([bare_number(value)], n ->
        case
            when regexp_matches(n, '^[+-]?\d{1,3}(?:[.,]\d{3})+$') then regexp_replace(n, '[.,]', '', 'g')
            else regexp_replace(n, '[.,]0+$', '')
        end
    )[1];

-- an instant as ISO 8601 in UTC, from a format that carries its own offset (%z)
create or replace temporary macro offset_instant_text(value, formats) as
    coalesce(strftime(timezone('UTC', try_cast(try_strptime(cell(value), formats) as timestamptz)), '%Y-%m-%dT%H:%M:%S.%fZ'), cell(value));

-- an instant as ISO 8601 in UTC, from wall-clock text in `zone`
create or replace temporary macro local_instant_text(value, formats, zone) as
    coalesce(strftime(timezone('UTC', timezone(zone, try_strptime(cell(value), formats))), '%Y-%m-%dT%H:%M:%S.%fZ'), cell(value));

-- an instant as ISO 8601 in UTC: kept when it has an offset of its own, else wall-clock time in `zone` (UTC when null)
create or replace temporary macro zoned_instant_text(value, zone) as
    case
        when zone is null or regexp_matches(cell(value), '(?:[Zz]|[+-]\d{2}:?\d{2}|[+-]\d{2})$') and regexp_matches(cell(value), '\d:\d') then cell(value)
        else coalesce(strftime(timezone('UTC', timezone(zone, try_cast(cell(value) as timestamp))), '%Y-%m-%dT%H:%M:%S.%fZ'), cell(value))
    end;

-- a calendar day as ISO 8601
create or replace temporary macro day_text(value, formats) as
    coalesce(strftime(try_strptime(cell(value), formats), '%Y-%m-%d'), cell(value));

-- true / false as text, null when absent
create or replace temporary macro flag_text(value) as
    case
        when list_contains(['true', 't', 'yes', 'y', '1'], lower(cell(value))) then 'true'
        when list_contains(['false', 'f', 'no', 'n', '0'], lower(cell(value))) then 'false'
        else cell(value)
    end;

-- minor units (an integer in text) as major units, by the exponent of the currency (JPY 0, EUR 2, KWD 3)
create or replace temporary macro minor_to_major_text(value, currency) as
    case
        when cell(value) is null then null
        when try_cast(cell(value) as decimal(18, 0)) is null then cell(value)
        when minor_per_unit(currency) = 1 then cell(value)
        when minor_per_unit(currency) = 1000 then cast(try_cast(cell(value) as decimal(18, 0)) * 0.001 as varchar)
        else cast(try_cast(cell(value) as decimal(18, 0)) * 0.01 as varchar)
    end;
