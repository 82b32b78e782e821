import { type Increment, nothing } from './increment.ts';

/** Touches that are new, whose person changed, or whose way of arriving is read otherwise now. */
export async function remakeTouches(increment: Increment): Promise<void> {
  await increment.table('changed_traffic', nothing('traffic_key'));
  if (increment.changed.has('raw.touch')) {
    increment.say('staging.traffic');
    await increment.scoped(
      'staging.referrer',
      { 'raw.touch': { from: 'temp.new_touch' } },
      'this.host in (select referrer_host from temp.new_touch)',
    );
    await addTraffic(increment);
  }
  if (increment.changed.has('staging.campaign_match')) await remakeTraffic(increment);
  if (increment.changed.has('staging.post_key')) {
    await increment.warehouse.run(`
      insert into temp.changed_traffic
      select traffic_key from staging.traffic
      where content in (
        select content from (select * from staging.post_key except select * from temp.old_staging_post_key)
        union select content from (select * from temp.old_staging_post_key except select * from staging.post_key))`);
  }
  const namedPosts = increment.changed.has('staging.post_key') ? 'or this.post_id is not null' : '';
  await increment.table(
    'scope_touch',
    `
    select touch_id from temp.new_touch
    union
    select touch_id from raw.touch where visitor_key in (select person_key from temp.changed_key)
    union
    select touch_id from staging.touch as this where traffic_key in (select traffic_key from temp.changed_traffic) ${namedPosts}`,
  );
  await increment.table(
    'old_touch',
    'select touch_id, person_id, shop_id, source_order_id from staging.touch where touch_id in (select touch_id from temp.scope_touch)',
  );
  increment.say('staging.touch');
  const inScope = 'this.touch_id in (select touch_id from temp.scope_touch)';
  const isKnown = (await increment.warehouse.count('select count(*) from temp.old_touch')) > 0;
  await increment.scoped('staging.touch', { 'raw.touch': { where: inScope } }, isKnown ? inScope : null);
  // orders that gain or lose a touch of their own are in scope even without a person
  await increment.warehouse.run(`
    insert into temp.scope_order
    select shop_id, source_order_id from temp.old_touch where source_order_id is not null
    union
    select shop_id, source_order_id from staging.touch where touch_id in (select touch_id from temp.scope_touch) and source_order_id is not null`);
}

/** Ways of arriving that were not seen before. A way is a function of itself alone, so known ones stay. */
async function addTraffic(increment: Increment): Promise<void> {
  await increment.table('known_traffic', 'select traffic_key from staging.traffic');
  await increment.table('kept_traffic', 'select * from staging.traffic');
  await increment.scoped('staging.traffic', { 'raw.touch': { from: 'temp.new_touch' } }, 'true');
  await increment.warehouse.run(
    'delete from staging.traffic where traffic_key in (select traffic_key from temp.known_traffic)',
  );
  await increment.warehouse.run('insert into staging.traffic by name select * from temp.kept_traffic');
}

async function remakeTraffic(increment: Increment): Promise<void> {
  increment.say('staging.traffic');
  await increment.table('old_traffic', 'select * from staging.traffic');
  await increment.scoped('staging.traffic', {}, 'true');
  await increment.warehouse.run(`
    insert into temp.changed_traffic
    select traffic_key from (select * from staging.traffic except select * from temp.old_traffic)`);
}
