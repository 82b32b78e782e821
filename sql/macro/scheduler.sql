-- Rows of a scheduler's export, all networks in one file. A file of several profiles of one network may be several clients': it is
-- refused until the profile that is ours is declared.
create or replace temporary macro scheduler_row(source, declared) as table (
    with

    rows as (
        select
            *,
            network_platform(network) as platform,
            network_post_id(network_platform(network), id, link) as post_id
        from query_table(source)
    ),

    profiles as (
        select platform, count(distinct cell(profile)) as count from rows group by platform
    )

    select
        rows.*,
        case
            when declared is null and profiles.count > 1
                then 'the file holds several profiles of one network; say with account which is ours'
        end as reject_reason
    from rows
    inner join profiles on profiles.platform is not distinct from rows.platform
    where declared is null or cell(rows.profile) is null or lower(cell(rows.profile)) = lower(declared)
);
