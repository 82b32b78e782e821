import { makeRevenueEvents } from '../build.ts';
import { AFFECTED_PERSON, IN_CONVERSIONS, IN_ORDERS, type Increment, NEW_ROWS } from './increment.ts';

/** Conversions of the orders and persons in scope, with their money. */
export async function remakeConversions(increment: Increment): Promise<void> {
  const personKeys =
    'select person_key from staging.person where person_id in (select person_id from temp.scope_person)';
  const webOrders = increment.settings.has_order_links
    ? `or (this.customer_key is null and person_key('order', this.shop_id || ':' || this.source_order_id) in (${personKeys}))`
    : '';
  await increment.table(
    'seed_conversion',
    `
    select conversion_id from staging.conversion as this where ${IN_ORDERS}
    ${moneyScope(increment)}
    ${windowScope(increment)}`,
  );
  // new or returning is a matter of all that a person bought: with one conversion come all of its person
  await increment.warehouse.run(`
    insert into temp.scope_person
    select distinct person_id from staging.conversion
    where conversion_id in (select conversion_id from temp.seed_conversion) and person_id is not null`);
  await increment.table(
    'scope_conversion',
    `
    select conversion_id from temp.seed_conversion
    union
    select conversion_id from staging.conversion as this where ${AFFECTED_PERSON}
    union
    select this.shop_id || ':' || this.source_order_id from staging.orders as this where ${IN_ORDERS} or this.customer_key in (${personKeys}) ${webOrders}
    union
    select conversion_id from raw.conversion as this where ${NEW_ROWS} or this.customer_key in (${personKeys})`,
  );
  increment.say('staging.conversion');
  const inScope = `this.shop_id || ':' || this.source_order_id in (select conversion_id from temp.scope_conversion)`;
  await increment.scoped(
    'staging.conversion',
    {
      'staging.orders': { where: inScope },
      'staging.money_event': { where: inScope },
      'raw.conversion': { where: IN_CONVERSIONS },
    },
    IN_CONVERSIONS,
  );
  await increment.scoped('staging.ledger_part', { 'staging.conversion': { where: IN_CONVERSIONS } }, IN_CONVERSIONS);
  await makeRevenueEvents(increment.warehouse, increment.config, 'temp.scope_conversion');
}

/** New rates may price what had none, and reprice what an older rate held for. */
function moneyScope(increment: Increment): string {
  return increment.changed.has('staging.rate')
    ? `union select conversion_id from staging.ledger_part where currency <> '${increment.config.reporting.currency}'`
    : '';
}

/** Engagement that changed is shared anew over the orders that only a campaign window reaches. */
function windowScope(increment: Increment): string {
  if (
    !increment.changed.has('journey.engagement') ||
    !increment.config.campaigns.some((campaign) => campaign.window_credit)
  )
    return '';
  return `union
    select conversion.conversion_id from staging.conversion as conversion
    where not exists (
      select 1 from journey.step as step
      where step.conversion_id = conversion.conversion_id and step.is_informative and step.matched_by <> 'campaign_window')`;
}
