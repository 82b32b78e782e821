import { identify } from '../identify.ts';
import { IN_ORDERS, type Increment, NEW_ROWS } from './increment.ts';

/** Who is one person now, for every key that new rows tell of and everyone that such a key was or is one person with. */
export async function remakePersons(increment: Increment): Promise<void> {
  increment.say('staging.identity_link');
  await increment.table('new_touch', `select this.* from raw.touch as this where ${NEW_ROWS}`);
  const orderPairs = (orders: string): string => `
    select least(customer_key, order_key) as key_a, greatest(customer_key, order_key) as key_b
    from (
      select customer_key, unnest([person_key('order', shop_id || ':' || source_order_id), person_key('order', shop_id || ':' || order_name)]) as order_key
      from ${orders} where customer_key is not null
    ) where order_key is not null`;
  const newOrders = `(select this.* from staging.orders as this where ${IN_ORDERS})`;
  await increment.table(
    'scope_link',
    `
    select least(key_a, key_b) as key_a, greatest(key_a, key_b) as key_b from raw.identity_link as this where ${NEW_ROWS}
    ${increment.settings.has_order_links ? `union ${orderPairs('temp.old_order')} union ${orderPairs(newOrders)}` : ''}`,
  );
  await increment.scoped(
    'staging.identity_link',
    {
      'raw.identity_link': {
        where:
          '(least(this.key_a, this.key_b), greatest(this.key_a, this.key_b)) in (select (key_a, key_b) from temp.scope_link)',
      },
      'staging.orders': { where: IN_ORDERS },
    },
    '(this.key_a, this.key_b) in (select (key_a, key_b) from temp.scope_link)',
  );
  await increment.table(
    'touched_key',
    `
    select key_a as person_key from temp.scope_link
    union select key_b from temp.scope_link
    union select visitor_key from temp.new_touch where visitor_key is not null
    union select customer_key from raw.orders as this where ${NEW_ROWS} and customer_key is not null
    union select customer_key from raw.conversion as this where ${NEW_ROWS} and customer_key is not null`,
  );
  // with a key comes everyone it was, or now is, one person with
  await increment.table(
    'scope_key',
    `
    select person_key from temp.touched_key
    union
    select mate.person_key
    from staging.person as mate
    where mate.person_id in (select person_id from staging.person where person_key in (select person_key from temp.touched_key))`,
  );
  await increment.table(
    'old_person',
    'select * from staging.person where person_key in (select person_key from temp.scope_key)',
  );
  increment.say('staging.person');
  await identify(increment.warehouse, 'temp.scope_key');
  await increment.table(
    'changed_key',
    `
    select new.person_key
    from staging.person as new
    left join temp.old_person as old on old.person_key = new.person_key
    where new.person_key in (select person_key from temp.scope_key)
      and old.person_id is distinct from new.person_id`,
  );
}

/** Persons before and after: of changed keys, of touches in scope, of orders in scope. */
export async function findAffectedPersons(increment: Increment): Promise<void> {
  await increment.table(
    'scope_person',
    `
    select person_id from temp.old_person where person_key in (select person_key from temp.changed_key)
    union select person_id from staging.person where person_key in (select person_key from temp.changed_key)
    union select person_id from temp.old_touch where person_id is not null
    union select person_id from staging.touch where touch_id in (select touch_id from temp.scope_touch) and person_id is not null
    union select person_id from staging.person where person_key in (
      select customer_key from temp.old_order union select customer_key from staging.orders as this where ${IN_ORDERS})
    union select person_id from staging.conversion as this where ${IN_ORDERS} and person_id is not null
    union select person.person_id from raw.conversion as this inner join staging.person as person on person.person_key = this.customer_key where ${NEW_ROWS}`,
  );
}
