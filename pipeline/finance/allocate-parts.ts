import { allocator } from '../../models/attribution/allocate.ts';
import { appendDoubles, doubleColumns } from '../columns.ts';
import type { Warehouse } from '../warehouse.ts';

/**
 * Splits discounts, tax, shipping and costs of every conversion among what is credited with it: `finance.part_group`. The shares are
 * those of `finance.credit_group`, whole billionths, so that each part adds up to the minor unit, by largest remainder.
 */
export async function allocateParts(warehouse: Warehouse): Promise<void> {
  await warehouse.run(`
    create or replace temporary table slot as
    select
        row_number() over (order by conversion_id, component, fact_date) as slot_no,
        dense_rank() over (order by conversion_id) as conversion_no,
        *
    from (
      select part.conversion_id, part.component, part.fact_date, cast(sum(part.minor) as bigint) as minor, max(whole.group_count) as group_count
      from finance.priced_part as part
      inner join finance.credit_group as whole on whole.conversion_id = part.conversion_id and whole.group_no = 1
      group by part.conversion_id, part.component, part.fact_date
    )`);
  await warehouse.run(`
    create or replace table finance.part_group as
    select conversion_id, cast(1 as bigint) as group_no, component, fact_date, minor
    from temp.slot
    where group_count = 1`);
  const slots = await doubleColumns(
    warehouse.connection,
    `select cast(conversion_no as double), cast(slot_no as double), cast(minor as double)
     from temp.slot where group_count > 1 order by slot_no`,
  );
  const shares = await doubleColumns(
    warehouse.connection,
    `select cast(numbered.conversion_no as double), cast(groups.credit as double)
     from finance.credit_group as groups
     inner join (select distinct conversion_id, conversion_no from temp.slot where group_count > 1) as numbered
        on numbered.conversion_id = groups.conversion_id
     order by numbered.conversion_no, groups.group_no`,
  );
  const out = splitSlots(slots, shares);
  await warehouse.run('create or replace temporary table slot_part (slot_no double, group_no double, minor double)');
  await appendDoubles(
    warehouse.connection,
    { name: 'slot_part', schema: 'main', catalog: 'temp' },
    out.columns,
    out.rowCount,
  );
  await warehouse.run(`
    insert into finance.part_group
    select slot.conversion_id, cast(part.group_no as bigint), slot.component, slot.fact_date, cast(part.minor as bigint)
    from temp.slot_part as part
    inner join temp.slot on slot.slot_no = part.slot_no
    where part.minor <> 0`);
  await warehouse.run('drop table temp.slot_part');
  await warehouse.run('drop table temp.slot');
}

/**
 * @param slots   conversion, slot, minor units; ordered by conversion
 * @param shares  conversion, billionths; ordered by conversion and group; every conversion of `slots`, and no other
 */
function splitSlots(
  slots: readonly Float64Array[],
  shares: readonly Float64Array[],
): { columns: Float64Array[]; rowCount: number } {
  const [slotConversion, slotNo, slotMinor] = slots;
  const [shareConversion, shareCredit] = shares;
  const ends = new Map<number, readonly [from: number, to: number]>();
  let longest = 1;
  for (let from = 0, to = 0; from < shareConversion.length; from = to) {
    for (to = from; to < shareConversion.length && shareConversion[to] === shareConversion[from]; ) to++;
    ends.set(shareConversion[from], [from, to]);
    longest = Math.max(longest, to - from);
  }
  let rowCount = 0;
  for (const conversion of slotConversion) {
    const [from, to] = ends.get(conversion)!;
    rowCount += to - from;
  }
  const columns = Array.from({ length: 3 }, () => new Float64Array(rowCount));
  const { split } = allocator(longest);
  const parts = new Float64Array(longest);
  let row = 0;
  for (let i = 0; i < slotConversion.length; i++) {
    const [from, to] = ends.get(slotConversion[i])!;
    split(slotMinor[i], shareCredit.subarray(from, to), parts, to - from);
    for (let g = 0; g < to - from; g++, row++) {
      columns[0][row] = slotNo[i];
      columns[1][row] = g + 1;
      columns[2][row] = parts[g];
    }
  }
  return { columns, rowCount };
}
