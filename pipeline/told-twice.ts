import { countWords } from './count-words.ts';
import { type StreamName, streamOf } from './streams.ts';
import { quoteName, type Warehouse } from './warehouse.ts';

/** Streams whose rows are money or turn it into another currency, by what people call a row. */
const MONEY: Readonly<Partial<Record<StreamName, string>>> = {
  orders: 'order',
  refund: 'refund',
  money_event: 'money event',
  conversion: 'conversion',
  fx_rate: 'rate',
  cost: 'cost',
  ledger_entry: 'ledger entry',
  spend_daily: 'row of spend',
};

/**
 * What a table (not a log of events, which tells the same thing again as it changes) says of one order, cost or rate in several
 * ways. Of these one counts, so somebody has to be told.
 *
 * @returns a sentence for each stream with such rows, the first of them as an example
 */
export async function toldTwice(
  warehouse: Warehouse,
  streams: readonly StreamName[],
  batchId: string,
): Promise<string[]> {
  const notes: string[] = [];
  for (const stream of streams) {
    const word = MONEY[stream];
    if (word === undefined) continue;
    const { key, columns } = streamOf(stream);
    const names = key.map(quoteName);
    const [found] = await warehouse.rows<{ count: string; example: string | null }>(
      `select count(*) as count, arg_min(example, first_line) as example
       from (
         select concat_ws(', ', ${names.join(', ')}) as example, min(line_no) as first_line
         from raw.${quoteName(stream)}
         where batch_id = $batch_id
         group by ${names.join(', ')}
         having count(*) > 1 and count(distinct hash(${Object.keys(columns).map(quoteName).join(', ')})) > 1
       )`,
      { batch_id: batchId },
    );
    const count = Number(found.count);
    if (count > 0)
      notes.push(
        `${countWords(count, word)} told more than once, with different values (first: ${found.example}); the newest counts, of equally new ones the last`,
      );
  }
  return notes;
}
