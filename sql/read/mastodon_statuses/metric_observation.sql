-- What the home server knew of each status when it was asked: others' servers may know more, and counts lag behind. The numbers in the
-- answer to a deletion are known to be stale and are not read.
-- grain:  one row per status and metric, and the followers once per account
-- key:    platform, entity_type, entity_id, metric
-- params: $account
with

own as (
    select * from mastodon_own_status('input', $account)
),

measured as (
    select
        line_no,
        cast(null as varchar) as account_id,
        'post' as entity_type,
        id as entity_id,
        unnest([
            measure('reactions', record ->> '$.favourites_count', 'mastodon_favourites_count'),
            measure('comments', record ->> '$.replies_count', 'mastodon_replies_count'),
            measure(
                'shares', count_sum_text([record ->> '$.reblogs_count', record ->> '$.quotes_count']), 'mastodon_reblogs_and_quotes_count'
            )
        ]) as measure
    from own
    where mastodon_is_open(visibility) and (record ->> '$.content') is not null

    union all by name

    select
        min(line_no) as line_no,
        account_id,
        'account' as entity_type,
        account_id as entity_id,
        measure('followers', max_by(account ->> '$.followers_count', line_no), 'mastodon_followers_count') as measure
    from own
    where (account ->> '$.followers_count') is not null and (record ->> '$.content') is not null
    group by account_id
)

select
    line_no,
    'mastodon' as platform,
    account_id,
    entity_type,
    entity_id,
    measure.metric as metric,
    'lifetime' as grain,
    '' as breakdown,
    measured_text(measure) as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where cell(measure.value) is not null
