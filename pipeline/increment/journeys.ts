import { allocateCredit } from '../attribute.ts';
import { creditedFinance } from '../finance/credited.ts';
import { IN_CONVERSIONS, type Increment } from './increment.ts';

/** Journeys of the persons in scope, and credit and money of their conversions. */
export async function remakeJourneys(increment: Increment): Promise<void> {
  increment.say('journey.step');
  await increment.table(
    'scope_journey_person',
    `
    select person_id from temp.scope_person
    union
    select person_id from staging.conversion as this where ${IN_CONVERSIONS} and person_id is not null`,
  );
  const ofPerson = 'this.person_id in (select person_id from temp.scope_journey_person)';
  // what an order bears itself is few: rows without an order need not be looked up
  const ofOrder = `(this.source_order_id is not null and (this.shop_id, this.source_order_id) in (select (shop_id, source_order_id) from staging.conversion as this where ${IN_CONVERSIONS}))`;
  const touches = { where: `(${ofPerson} or ${ofOrder})` };
  const steps = { where: IN_CONVERSIONS };
  await increment.scoped(
    'journey.step',
    { 'staging.conversion': { where: IN_CONVERSIONS }, 'staging.touch': touches },
    IN_CONVERSIONS,
  );
  increment.say('attribution.credit');
  await increment.scoped('attribution.credit', { 'journey.step': steps }, IN_CONVERSIONS);
  increment.say('attribution.amount');
  await allocateCredit(increment.warehouse, 'temp.scope_conversion');
  for (const { name, reads } of await creditedFinance(increment.warehouse)) {
    increment.say(name);
    const inputs = Object.fromEntries(reads.map((read) => [read, read === 'staging.touch' ? touches : steps]));
    await increment.scoped(name, inputs, IN_CONVERSIONS);
  }
  increment.say('journey.journey');
  const ofEither = `(${IN_CONVERSIONS} or ${ofPerson})`;
  await increment.scoped(
    'journey.journey',
    {
      'staging.touch': { where: ofPerson },
      'staging.conversion': { where: ofEither },
      'journey.step': {
        where: `this.conversion_id in (select c.conversion_id from staging.conversion as c where c.conversion_id in (select conversion_id from temp.scope_conversion) or c.person_id in (select person_id from temp.scope_journey_person))`,
      },
    },
    ofEither,
  );
  await increment.whole('journey.path');
}
