-- Instants as shops export them, and as a spreadsheet leaves them behind, as ISO 8601 in UTC.

-- a spreadsheet's serial day (45384.347: days since 1899-12-30) as wall-clock time, to the second
create or replace temporary macro serial_timestamp(value) as
    timestamp '1899-12-30' + to_seconds(cast(round(cast(replace(value, ',', '.') as decimal(24, 9)) * 86400) as bigint));

-- Takes a cell (`cell(...)`). `2026-03-01 10:02:11 +0100` carries its own offset. A serial day, or a time without an offset, is
-- wall-clock time in `zone`; day and month written as numbers need `date_order` ('mdy' or 'dmy'). What lacks one of these is passed on marked, so that
-- typing rejects it instead of taking it for UTC.
create or replace temporary macro export_instant_text(value, zone, date_order) as
    case
        when value is null or value = '' then null
        when regexp_matches(value, '\d:\d.*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$') then offset_instant_text(
            regexp_replace(regexp_replace(value, '\s*(?:Z|UTC|GMT)$', ' +0000'), '^(\d{4}-\d{2}-\d{2})T', '\1 '),
            ['%Y-%m-%d %H:%M:%S %z', '%Y-%m-%d %H:%M:%S.%g %z', '%Y-%m-%d %H:%M %z', '%Y-%m-%d %H:%M:%S%z']
        )
        when zone is null then 'zone unknown: ' || value
        when regexp_matches(value, '^\d{5}(?:[.,]\d+)?$')
            then strftime(timezone('UTC', timezone(zone, serial_timestamp(value))), '%Y-%m-%dT%H:%M:%S.%fZ')
        when regexp_matches(value, '^\d{4}-') then coalesce(
            strftime(timezone('UTC', timezone(zone, try_cast(value as timestamp))), '%Y-%m-%dT%H:%M:%S.%fZ'), 'unreadable: ' || value
        )
        when date_order = 'mdy' then local_instant_text(
            replace(value, '.', '/'),
            ['%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M', '%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %I:%M %p', '%m/%d/%y %H:%M', '%m/%d/%Y'], zone
        )
        when date_order = 'dmy' then local_instant_text(
            replace(value, '.', '/'),
            ['%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M', '%d/%m/%y %H:%M', '%d/%m/%Y'], zone
        )
        else 'order of day and month unknown: ' || value
    end;

-- a calendar day of a file that somebody prepared: ISO, or numbers in `date_order`
create or replace temporary macro ordered_day_text(value, date_order) as
    case
        when date_order = 'mdy' then day_text(value, ['%Y-%m-%d', '%m/%d/%Y', '%m.%d.%Y', '%m-%d-%Y'])
        when date_order = 'dmy' then day_text(value, ['%Y-%m-%d', '%d/%m/%Y', '%d.%m.%Y', '%d-%m-%Y'])
        else cell(value)
    end;
