-- Pairs of keys that a source says are one person. Deterministic links only.
-- grain:  one row per pair and kind of link
-- key:    key_a, key_b, kind
-- params: $has_order_links (boolean: some source links persons to orders)
with

said as (
    select
        least(key_a, key_b) as key_a,
        greatest(key_a, key_b) as key_b,
        kind,
        try_cast(seen_at as timestamptz) as seen_at
    from raw.identity_link
),

-- an order is a meeting point: the shop knows the customer, the web event of the purchase knows the visitor
order_keys as (
    select
        customer_key,
        created_at,
        unnest([person_key('order', shop_id || ':' || source_order_id), person_key('order', shop_id || ':' || order_name)]) as order_key
    from staging.orders
    where customer_key is not null
        and $has_order_links
),

links as (
    select key_a, key_b, kind, seen_at from said
    union all
    select least(customer_key, order_key), greatest(customer_key, order_key), 'order', created_at
    from order_keys
    where order_key is not null
)

select
    key_a,
    key_b,
    kind,
    min(seen_at) as first_seen_at,
    max(seen_at) as last_seen_at
from links
where key_a <> key_b
group by key_a, key_b, kind
