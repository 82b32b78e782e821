import { createHash } from 'node:crypto';
import { buildSettings, buildWhole } from './build.ts';
import type { Config } from './config.ts';
import { remakeConversions } from './increment/conversions.ts';
import { Increment, NEW_ROWS } from './increment/increment.ts';
import { remakeJourneys } from './increment/journeys.ts';
import { remakeOrders } from './increment/orders.ts';
import { findAffectedPersons, remakePersons } from './increment/persons.ts';
import { remakeSmall } from './increment/small-relations.ts';
import { remakeTouches } from './increment/touches.ts';
import { dailyPanels } from './panels.ts';
import { rulesVersion } from './rules.ts';
import { STREAM_NAMES } from './streams.ts';
import { VERSION } from './version.ts';
import { quoteName, type Warehouse } from './warehouse.ts';

export interface BuildReport {
  /** `none`: no new file and the same settings; `incremental`; `whole`: first build, or settings changed */
  kind: 'none' | 'incremental' | 'whole';
  /** conversions whose journey and credit were made anew */
  conversions: number;
}

/**
 * Brings staging, journeys and credit up to date with what was ingested since the last build, remaking only the persons and
 * orders that new rows touch: late touches, refunds, merged identities, changed rates and posts included.
 *
 * The result equals that of `buildWhole`: every scoped step runs the relation's own SQL over the affected keys, whole.
 */
export async function buildIncremental(
  warehouse: Warehouse,
  config: Config,
  progress?: (name: string) => void,
): Promise<BuildReport> {
  const settings = await buildSettings(warehouse, config);
  const fingerprint = createHash('sha256')
    // the mix is fitted to what is built, and changes nothing of it
    .update(JSON.stringify([VERSION, rulesVersion(config), settings, { ...config, mix: undefined }]))
    .digest('hex');
  await warehouse.run('create table if not exists staging.built (batch_id varchar, fingerprint varchar)');
  const before = await warehouse.value<string | null>('select max(fingerprint) from staging.built');
  if (before !== fingerprint) {
    await forgetBuild(warehouse);
    await buildWhole(warehouse, config, progress);
    await remember(warehouse, fingerprint);
    return { kind: 'whole', conversions: await warehouse.count('select count(*) from staging.conversion') };
  }
  await warehouse.run(`
    create or replace temporary table new_batch as
    select batch_id from raw.batch where batch_id not in (select batch_id from staging.built)`);
  if ((await warehouse.count('select count(*) from temp.new_batch')) === 0) return { kind: 'none', conversions: 0 };
  await forgetBuild(warehouse);
  const conversions = await remake(new Increment(warehouse, config, settings, progress));
  await remember(warehouse, fingerprint);
  return { kind: 'incremental', conversions };
}

/** Until it is done, what is built is nobody's: a build that is killed half-way is made whole by the next. */
async function forgetBuild(warehouse: Warehouse): Promise<void> {
  await warehouse.run(`update staging.built set fingerprint = 'unfinished'`);
}

async function remember(warehouse: Warehouse, fingerprint: string): Promise<void> {
  await warehouse.run('create or replace table staging.built (batch_id varchar, fingerprint varchar)');
  await warehouse.run('insert into staging.built select batch_id, $fingerprint from raw.batch', { fingerprint });
}

/** The steps of an incremental build; each reads what those before it have put in scope. Returns the conversions made anew. */
async function remake(increment: Increment): Promise<number> {
  await findNewRows(increment);
  await remakeOrders(increment);
  await remakePersons(increment);
  await remakeSmall(increment);
  await remakeTouches(increment);
  await findAffectedPersons(increment);
  await remakeConversions(increment);
  await remakeJourneys(increment);
  // sums by day: a late order may move the day of any geo, and the sums are small
  for (const { name } of await dailyPanels(increment.warehouse)) await increment.whole(name);
  const conversions = await increment.warehouse.count(
    'select count(*) from staging.conversion where conversion_id in (select conversion_id from temp.scope_conversion)',
  );
  await increment.forget();
  return conversions;
}

/** Which raw streams have rows of new batches: asked at once, since each question costs more than its answer. */
async function findNewRows(increment: Increment): Promise<void> {
  const asked = STREAM_NAMES.map(
    (name) => `exists (select 1 from raw.${quoteName(name)} as this where ${NEW_ROWS}) as ${quoteName(name)}`,
  );
  const [found] = await increment.warehouse.rows<Record<string, boolean>>(`select ${asked.join(', ')}`);
  for (const name of STREAM_NAMES) if (found[name]) increment.changed.add(`raw.${name}`);
}
