-- Channel that the spend of an ad platform belongs to.
create or replace temporary macro paid_channel(platform) as
    case
        when platform in ('google', 'bing', 'microsoft') then 'Paid Search'
        when platform in ('youtube') then 'Paid Video'
        else 'Paid Social'
    end;
