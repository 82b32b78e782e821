import { buildOrder, createRelation } from '../build.ts';
import type { Increment } from './increment.ts';

/** Relations that are remade as a whole when something they read has changed: small, or a matter of the whole. */
const SMALL = new Set([
  'staging.post',
  'staging.engagement_event',
  'staging.source_account',
  'staging.fx_rate',
  'staging.cost',
  'staging.ledger_entry',
  'staging.assignment',
  'staging.exposure',
  'staging.ad_entity',
  'staging.spend_daily',
  'staging.metric_current',
  'staging.metric_daily',
  'staging.campaign_match',
  'staging.post_key',
  'staging.rate',
  'staging.spend_part',
  'staging.spend_event',
  'journey.engagement',
]);

/** Small relations, in their order, each when something that it reads has changed; a remade one with the same rows has not. */
export async function remakeSmall(increment: Increment): Promise<void> {
  for (const step of await buildOrder(increment.warehouse)) {
    if (!SMALL.has(step.name) || !step.reads.some((read) => increment.changed.has(read))) continue;
    increment.say(step.name);
    const kept = `old_${step.name.replace('.', '_')}`;
    await increment.table(kept, `select * from ${step.name}`);
    if ('make' in step) await step.make(increment.warehouse, increment.config);
    else await createRelation(increment.warehouse, step, increment.settings);
    const differences = await increment.warehouse.count(
      `select count(*) from ((select * from ${step.name} except select * from temp.${kept}) union all (select * from temp.${kept} except select * from ${step.name}))`,
    );
    if (differences > 0) increment.changed.add(step.name);
  }
}
