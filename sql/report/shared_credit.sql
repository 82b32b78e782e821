-- Credit and spend of all days, for readers outside (share links): groups are folded at $shared_k persons, where the other tables
-- are folded at $k. Under the model that finance reports, money by the day of its order.
-- A channel of fewer persons is summed in (suppressed), a campaign in the (suppressed) of its channel; were such a sum itself of too
-- few, the next smallest goes with it. Campaigns add up to their channel, channels to the total, so no difference of two rows
-- tells of fewer persons than a row may. Of a run with fewer persons in all there is no row.
-- grain:  one row per channel and campaign
-- key:    channel, campaign_id
-- units:  conversions are credit; money in the reporting currency; folded_rows counts channels and campaigns in the row
-- params: $shared_k (integer), $minor_unit (double)
with

by_person as (
    select
        channel,
        campaign_id,
        person,
        sum(credit) as credit,
        sum(gross) as gross,
        sum(refunds) as refunds
    from finance.fact
    where fact_kind = 'revenue'
    group by channel, campaign_id, person
    -- who is credited with nothing stands behind no number
    having sum(credit) <> 0 or sum(gross) <> 0 or sum(refunds) <> 0
),

channel_persons as (
    select distinct channel, person
    from by_person
),

-- so many are enough; all are not counted
everybody as (
    select count(*) as persons
    from (select distinct person from channel_persons limit $shared_k)
),

channels as (
    select channel, count(*) as persons
    from channel_persons
    group by channel
),

small_channels as (
    select count(distinct channel_persons.person) as persons
    from channel_persons
    inner join channels
        on channels.channel = channel_persons.channel
    where channels.persons < $shared_k
),

judged_channels as (
    select
        channels.channel,
        channels.persons < $shared_k
        or (
            row_number() over (partition by channels.persons < $shared_k order by channels.persons, channels.channel) = 1
            and small_channels.persons between 1 and $shared_k - 1
        ) as is_folded
    from channels
    cross join small_channels
),

campaigns as (
    select channel, campaign_id, count(*) as persons
    from by_person
    group by channel, campaign_id
),

small_campaigns as (
    select by_person.channel, count(distinct by_person.person) as persons
    from by_person
    inner join campaigns
        on campaigns.channel = by_person.channel
        and campaigns.campaign_id = by_person.campaign_id
    where campaigns.persons < $shared_k
    group by by_person.channel
),

judged_campaigns as (
    select
        campaigns.channel,
        campaigns.campaign_id,
        campaigns.persons < $shared_k
        or (
            row_number() over (
                partition by campaigns.channel, campaigns.persons < $shared_k
                order by campaigns.persons, campaigns.campaign_id
            ) = 1
            and coalesce(small_campaigns.persons, 0) between 1 and $shared_k - 1
        ) as is_folded
    from campaigns
    left join small_campaigns
        on small_campaigns.channel = campaigns.channel
),

amounts as (
    select channel, campaign_id, sum(credit) as credit, sum(gross) as gross, sum(refunds) as refunds, 0 as spend_minor
    from by_person
    group by channel, campaign_id
    union all
    -- money that was paid is nobody's secret, but the name of a folded row would be
    select channel, campaign_id, 0, 0, 0, sum(spend_minor)
    from finance.spend_fact
    group by channel, campaign_id
),

named as (
    select
        case when coalesce(judged_channels.is_folded, false) then '(suppressed)' else amounts.channel end as channel,
        case
            when coalesce(judged_channels.is_folded, false) or coalesce(judged_campaigns.is_folded, false) then '(suppressed)'
            else amounts.campaign_id
        end as campaign_id,
        amounts.channel as own_channel,
        amounts.campaign_id as own_campaign_id,
        amounts.credit,
        amounts.gross,
        amounts.refunds,
        amounts.spend_minor
    from amounts
    left join judged_channels
        on judged_channels.channel = amounts.channel
    left join judged_campaigns
        on judged_campaigns.channel = amounts.channel
        and judged_campaigns.campaign_id = amounts.campaign_id
    cross join everybody
    where everybody.persons >= $shared_k
)

select
    named.channel,
    named.campaign_id,
    campaign.name as campaign_name,
    named.campaign_id = '(suppressed)' as is_suppressed,
    count(distinct (named.own_channel, named.own_campaign_id)) as folded_rows,
    cast(cast(sum(named.credit) as decimal(28, 0)) * 0.000000001 as decimal(28, 9)) as conversions,
    cast(cast(sum(named.gross) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_gross,
    cast(cast(sum(named.refunds) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as refunds,
    cast(cast(sum(named.gross + named.refunds) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_net,
    cast(cast(sum(named.spend_minor) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as spend
from named
left join rules.campaign as campaign
    on campaign.campaign_id = named.campaign_id
group by named.channel, named.campaign_id, campaign.name
