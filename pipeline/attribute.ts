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
  await splitAmongSteps(warehouse);
  await writeAmounts(warehouse, scope);
  const conversions = await warehouse.count('select count(*) from temp.credited');
  for (const table of ['credited', 'event', 'part']) await warehouse.run(`drop table if exists temp.${table}`);
  return conversions;
}

/** Conversions of several steps: their money, divided, as `temp.part`. */
async function splitAmongSteps(warehouse: Warehouse): Promise<void> {
  const connection = warehouse.connection;
  const steps = await doubleColumns(
    connection,
    `select cast(credited.conversion_no as double), cast(credit.step as double), ${RULE_MODELS.map((model) => `credit.${model}`).join(', ')}
     from attribution.credit as credit
     inner join temp.credited on credited.conversion_id = credit.conversion_id
     where credited.step_count > 1
     order by credited.conversion_no, credit.step`,
  );
  const events = await doubleColumns(
    connection,
    `select cast(conversion_no as double), cast(event_no as double), cast(revenue_minor as double)
     from temp.event where step_count > 1 order by conversion_no, event_no`,
  );
  const out = splitEvents(steps, events, RULE_MODELS.length);
  const names = [
    'conversion_no',
    'step',
    'event_no',
    ...RULE_MODELS.flatMap((model) => [`${model}_credit`, `${model}_minor`]),
  ];
  await warehouse.run(`create or replace temporary table part (${names.map((name) => `${name} double`).join(', ')})`);
  await appendDoubles(connection, { name: 'part', schema: 'main', catalog: 'temp' }, out.columns, out.rowCount);
}

/** A single step takes all: nothing to divide. */
async function writeAmounts(warehouse: Warehouse, scope?: string): Promise<void> {
  const keys = 'event.conversion_id, event.money_event_id, event.kind as event_kind, event.event_date, event.conversion_date';
  const whole = RULE_MODELS.flatMap((model) => [
    `cast(case when event.event_no = 1 then ${CREDIT_UNITS} else 0 end as bigint) as ${model}_credit`,
    `event.revenue_minor as ${model}_minor`,
  ]);
  const parts = RULE_MODELS.flatMap((model) => [
    `cast(part.${model}_credit as bigint) as ${model}_credit`,
    `cast(part.${model}_minor as bigint) as ${model}_minor`,
  ]);
  const amounts = `
    select ${keys}, 1 as step, ${whole.join(', ')}
    from temp.event
    where event.step_count = 1
    union all
    select ${keys}, cast(part.step as bigint) as step, ${parts.join(', ')}
    from temp.part
    inner join temp.event on event.conversion_no = part.conversion_no and event.event_no = part.event_no`;
  if (scope === undefined) await warehouse.run(`create or replace table attribution.amount as ${amounts}`);
  else {
    await warehouse.run(`delete from attribution.amount where conversion_id in (select conversion_id from ${scope})`);
    await warehouse.run(`insert into attribution.amount by name ${amounts}`);
  }
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
