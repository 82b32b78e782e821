import { setImmediate } from 'node:timers/promises';
import { allocator, CREDIT_UNITS } from '../models/attribution/allocate.ts';
import { appendDoubles, doubleColumns } from './columns.ts';
import { RULE_MODELS } from './config.ts';
import type { Warehouse } from './warehouse.ts';

/**
 * Splits every money event of every conversion among its steps, to the minor unit: `attribution.amount`.
 *
 * Credit is frozen once per conversion in billionths, and splits the sale and each refund alike. One row per conversion, step and
 * money event, with each model's credit (on the first event only, so that it sums to one conversion) and amount.
 *
 * @param scope  table of conversion ids to redo; all when absent
 * @returns      number of conversions allocated
 */
export async function allocateCredit(warehouse: Warehouse, scope?: string): Promise<number> {
  const within = scope === undefined ? '' : `and conversion_id in (select conversion_id from ${scope})`;
  await warehouse.run(`
    create or replace temporary table credited as
    select conversion_id, step_count, row_number() over () as conversion_no
    from journey.step
    where step = 1 ${within}`);
  await warehouse.run(`
    create or replace temporary table event as
    select
        credited.conversion_no,
        credited.conversion_id,
        credited.step_count,
        row_number() over (partition by credited.conversion_no order by event.kind <> 'sale', event.occurred_at, event.money_event_id) as event_no,
        event.money_event_id,
        event.kind,
        event.event_date,
        event.conversion_date,
        event.revenue_minor
    from staging.revenue_event as event
    inner join temp.credited on credited.conversion_id = event.conversion_id`);
  const several = await severalSteps(warehouse);
  if (scope !== undefined)
    await warehouse.run(`delete from attribution.amount where conversion_id in (select conversion_id from ${scope})`);
  await warehouse.plainText(async () => {
    const [, parts] = await Promise.all([
      writeWhole(warehouse, scope === undefined),
      // once the database is at work, so that both are at once
      setImmediate().then(() => splitEvents(several.steps, several.events, RULE_MODELS.length)),
    ]);
    await writeParts(warehouse, parts);
  });
  const conversions = await warehouse.count('select count(*) from temp.credited');
  for (const table of ['credited', 'event', 'part']) await warehouse.run(`drop table if exists temp.${table}`);
  return conversions;
}

/** Weights and money of the conversions that have several steps. */
async function severalSteps(warehouse: Warehouse): Promise<{ steps: Float64Array[]; events: Float64Array[] }> {
  const steps = await doubleColumns(
    warehouse.connection,
    `select cast(credited.conversion_no as double), cast(credit.step as double), ${RULE_MODELS.map((model) => `credit.${model}`).join(', ')}
     from attribution.credit as credit
     inner join temp.credited on credited.conversion_id = credit.conversion_id
     where credited.step_count > 1
     order by credited.conversion_no, credit.step`,
  );
  const events = await doubleColumns(
    warehouse.connection,
    `select cast(conversion_no as double), cast(event_no as double), cast(revenue_minor as double)
     from temp.event where step_count > 1 order by conversion_no, event_no`,
  );
  return { steps, events };
}

/** A single step takes all: nothing to divide. */
async function writeWhole(warehouse: Warehouse, replace: boolean): Promise<void> {
  const all = RULE_MODELS.flatMap((model) => [
    `cast(case when event_no = 1 then ${CREDIT_UNITS} else 0 end as bigint) as ${model}_credit`,
    `revenue_minor as ${model}_minor`,
  ]);
  await warehouse.run(`
    ${replace ? 'create or replace table attribution.amount as' : 'insert into attribution.amount by name'}
    select conversion_id, cast(1 as bigint) as step, money_event_id, kind as event_kind, event_date, conversion_date, ${all.join(', ')}
    from temp.event
    where step_count = 1`);
}

async function writeParts(warehouse: Warehouse, parts: { columns: Float64Array[]; rowCount: number }): Promise<void> {
  const amounts = RULE_MODELS.flatMap((model) => [`${model}_credit`, `${model}_minor`]);
  const names = ['conversion_no', 'step', 'event_no', ...amounts];
  await warehouse.run(`create or replace temporary table part (${names.map((name) => `${name} double`).join(', ')})`);
  await appendDoubles(
    warehouse.connection,
    { name: 'part', schema: 'main', catalog: 'temp' },
    parts.columns,
    parts.rowCount,
  );
  await warehouse.run(`
    insert into attribution.amount by name
    select event.conversion_id, cast(part.step as bigint) as step, event.money_event_id, event.kind as event_kind, event.event_date,
        event.conversion_date, ${amounts.map((name) => `cast(part.${name} as bigint) as ${name}`).join(', ')}
    from temp.part
    inner join temp.event on event.conversion_no = part.conversion_no and event.event_no = part.event_no`);
}

/**
 * @param steps   conversion, step, then one weight per model; ordered by conversion and step
 * @param events  conversion, event, minor units; ordered by conversion and event
 */
function splitEvents(
  steps: readonly Float64Array[],
  events: readonly Float64Array[],
  models: number,
): { columns: Float64Array[]; rowCount: number } {
  const [stepConversion, stepNo] = steps;
  const [eventConversion, eventNo, eventMinor] = events;
  const { rowCount, longest } = sizes(stepConversion, eventConversion);
  const columns = Array.from({ length: 3 + 2 * models }, () => new Float64Array(rowCount));
  const { freeze, split } = allocator(longest);
  const credit = Array.from({ length: models }, () => new Float64Array(longest));
  const parts = new Float64Array(longest);
  let row = 0;
  let event = 0;
  for (let from = 0, to = 0; from < stepConversion.length; from = to) {
    const conversion = stepConversion[from];
    for (to = from; to < stepConversion.length && stepConversion[to] === conversion; ) to++;
    const count = to - from;
    for (let m = 0; m < models; m++) freeze(steps[2 + m].subarray(from, to), credit[m], count);
    while (event < eventConversion.length && eventConversion[event] < conversion) event++;
    for (; event < eventConversion.length && eventConversion[event] === conversion; event++) {
      for (let i = 0; i < count; i++) {
        columns[0][row + i] = conversion;
        columns[1][row + i] = stepNo[from + i];
        columns[2][row + i] = eventNo[event];
      }
      for (let m = 0; m < models; m++) {
        if (eventNo[event] === 1) columns[3 + 2 * m].set(credit[m].subarray(0, count), row);
        split(eventMinor[event], credit[m], parts, count);
        columns[4 + 2 * m].set(parts.subarray(0, count), row);
      }
      row += count;
    }
  }
  return { columns, rowCount };
}

function sizes(stepConversion: Float64Array, eventConversion: Float64Array): { rowCount: number; longest: number } {
  let rowCount = 0;
  let longest = 1;
  let event = 0;
  for (let from = 0, to = 0; from < stepConversion.length; from = to) {
    for (to = from; to < stepConversion.length && stepConversion[to] === stepConversion[from]; ) to++;
    longest = Math.max(longest, to - from);
    while (event < eventConversion.length && eventConversion[event] < stepConversion[from]) event++;
    for (; event < eventConversion.length && eventConversion[event] === stepConversion[from]; event++)
      rowCount += to - from;
  }
  return { rowCount, longest };
}
