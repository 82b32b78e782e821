-- Statuses of the Mastodon API. Whose they are is told by the account declared for the source (its id, @name, @name@server or link), or
-- by the file when it holds one account's alone. Boosts of others' statuses are not ours; what only followers may see is not kept.

create or replace temporary macro mastodon_is_account(account, declared) as
    list_contains(
        list_transform([
            account ->> '$.id', account ->> '$.acct', '@' || (account ->> '$.acct'), account ->> '$.username', '@' || (account ->> '$.username'),
            '@' || (account ->> '$.username') || '@' || url_host(coalesce(account ->> '$.uri', account ->> '$.url')),
            (account ->> '$.username') || '@' || url_host(coalesce(account ->> '$.uri', account ->> '$.url')),
            account ->> '$.uri', account ->> '$.url'
        ], name -> lower(name)),
        lower(declared)
    );

create or replace temporary macro mastodon_is_open(visibility) as
    coalesce(visibility, 'public') in ('public', 'unlisted');

create or replace temporary macro mastodon_own_status(source, declared) as table (
    with

    statuses as (
        select
            line_no,
            record,
            record ->> '$.id' as id,
            record -> '$.account' as account,
            record ->> '$.account.id' as account_id,
            record ->> '$.visibility' as visibility
        from query_table(source)
        where json_type(record, '$.reblog') is null or json_type(record, '$.reblog') = 'NULL'
    ),

    accounts as (
        select count(distinct account_id) as count from statuses
    )

    select
        statuses.line_no,
        statuses.record,
        statuses.id,
        statuses.account,
        statuses.account_id,
        statuses.visibility,
        case
            when declared is null and accounts.count > 1
                then 'the file holds statuses of several accounts; say with account which is ours'
        end as reject_reason
    from statuses
    cross join accounts
    where declared is null or mastodon_is_account(statuses.account, declared)
);
