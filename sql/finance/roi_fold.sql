-- Which rows of the ROI table tell of fewer than k persons: such a row is folded into (suppressed), and such a split by type of customer
-- is not told. What is folded must not be had by subtracting from the total either: were the folded persons themselves fewer than k, the
-- smallest other row goes with them.
-- grain:  one row per basis, period, channel, platform and campaign
-- key:    basis, period, channel, platform, campaign_id
-- units:  is_split says that the row may be told by type of customer, in a period that is
-- params: $k (integer)
with

cells as (
    select
        basis,
        period,
        channel,
        platform,
        campaign_id,
        row_type,
        persons,
        row_type = 'channel' and persons between 1 and $k - 1 as is_small
    from finance.roi_cell
),

dated_facts as (
    select 'order_date' as basis, order_date as fact_date, channel, platform, campaign_id, customer_type, person
    from finance.fact
    union all
    select 'event_date' as basis, event_date as fact_date, channel, platform, campaign_id, customer_type, person
    from finance.fact
),

facts as (
    select dated_facts.*, period.period
    from dated_facts
    inner join finance.period_day as period
        on period.day = dated_facts.fact_date
),

small_persons as (
    select cells.basis, cells.period, count(distinct fact.person) as persons
    from cells
    inner join facts as fact
        on fact.basis = cells.basis
        and fact.period = cells.period
        and fact.channel = cells.channel
        and fact.platform = cells.platform
        and fact.campaign_id = cells.campaign_id
    where cells.is_small
    group by cells.basis, cells.period
),

-- what hides a suppressed sum that would itself be small: the smallest other row, one of a channel if there is one
complements as (
    select
        cells.basis,
        cells.period,
        cells.channel,
        cells.platform,
        cells.campaign_id,
        row_number() over (
            partition by cells.basis, cells.period
            order by cells.row_type <> 'channel', cells.persons, cells.channel, cells.platform, cells.campaign_id
        ) as choice
    from cells
    inner join small_persons
        on small_persons.basis = cells.basis
        and small_persons.period = cells.period
        and small_persons.persons < $k
    where not cells.is_small
        and cells.persons > 0
),

judged as (
    select
        cells.*,
        cells.is_small or complements.choice is not null as is_folded
    from cells
    left join complements
        on complements.basis = cells.basis
        and complements.period = cells.period
        and complements.channel = cells.channel
        and complements.platform = cells.platform
        and complements.campaign_id = cells.campaign_id
        and complements.choice = 1
),

types as (
    select
        customer.basis,
        customer.period,
        customer.channel,
        customer.platform,
        customer.campaign_id,
        customer.customer_type,
        customer.persons,
        judged.row_type,
        judged.is_folded
            or max(case when customer.persons between 1 and $k - 1 then 1 else 0 end) over (
                partition by customer.basis, customer.period, customer.channel, customer.platform, customer.campaign_id
            ) = 1 as is_hidden
    from finance.roi_customer as customer
    inner join judged
        on judged.basis = customer.basis
        and judged.period = customer.period
        and judged.channel = customer.channel
        and judged.platform = customer.platform
        and judged.campaign_id = customer.campaign_id
),

-- hidden rows of a type none of which is large: together they may still be
hidden as (
    select basis, period, customer_type
    from types
    where is_hidden
    group by basis, period, customer_type
    having max(persons) between 1 and $k - 1
),

hidden_persons as (
    select hidden.basis, hidden.period, hidden.customer_type, count(distinct fact.person) as persons
    from hidden
    inner join types
        on types.basis = hidden.basis
        and types.period = hidden.period
        and types.customer_type = hidden.customer_type
        and types.is_hidden
    inner join facts as fact
        on fact.basis = types.basis
        and fact.period = types.period
        and fact.channel = types.channel
        and fact.platform = types.platform
        and fact.campaign_id = types.campaign_id
    inner join finance.roi_type as type
        on type.basis = types.basis
        and type.period = types.period
        and type.customer_type = fact.customer_type
        and type.told_type = types.customer_type
    group by hidden.basis, hidden.period, hidden.customer_type
),

type_complements as (
    select
        types.basis,
        types.period,
        types.channel,
        types.platform,
        types.campaign_id,
        row_number() over (
            partition by types.basis, types.period, types.customer_type
            order by types.row_type <> 'channel', types.persons, types.channel, types.platform, types.campaign_id
        ) as choice
    from types
    inner join hidden_persons
        on hidden_persons.basis = types.basis
        and hidden_persons.period = types.period
        and hidden_persons.customer_type = types.customer_type
        and hidden_persons.persons < $k
    where not types.is_hidden
        and types.persons > 0
),

unsplit as (
    select basis, period, channel, platform, campaign_id from types where is_hidden
    union
    select basis, period, channel, platform, campaign_id from type_complements where choice = 1
)

select
    judged.basis,
    judged.period,
    judged.channel,
    judged.platform,
    judged.campaign_id,
    judged.is_folded,
    not judged.is_folded and unsplit.period is null as is_split
from judged
left join unsplit
    on unsplit.basis = judged.basis
    and unsplit.period = judged.period
    and unsplit.channel = judged.channel
    and unsplit.platform = judged.platform
    and unsplit.campaign_id = judged.campaign_id
