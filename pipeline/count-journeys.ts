import type { BucketSums } from '../models/attribution/bucket-bootstrap.ts';
import { countedChain, entryList, stateDigits } from '../models/attribution/counted-chain.ts';
import type { Counted } from '../models/attribution/counted-credit.ts';
import { chooseCountedOrder } from '../models/attribution/counted-order.ts';
import type { OrderChoice } from '../models/attribution/order-choice.ts';
import { doubleColumns } from './columns.ts';
import { RULE_MODELS } from './config.ts';
import { sqlFile } from './sql-files.ts';
import { parameterNames, type SqlParameters, type Warehouse } from './warehouse.ts';

/** Groups of persons that `journey.journey` deals them to. */
export const BUCKETS = 1000;

export const UNATTRIBUTED = '(unattributed)';

/** The channels that journeys have, and where their numbers in `rules.channel` stand among them. */
export interface JourneyChannels {
  /** in the order of their names; `(unattributed)` is always one */
  names: readonly string[];
  /** all channels there are, plus 1: the base in which states are written */
  base: number;
  indexOf(channelNumber: number): number;
}

export async function journeyChannels(warehouse: Warehouse, also: readonly string[] = []): Promise<JourneyChannels> {
  const all = await warehouse.rows<{ channel: string; channel_no: number; is_met: boolean }>(`
    select channel, channel_no, channel_no in (select unnest(channels) from journey.path) as is_met
    from rules.channel order by channel_no`);
  const met = all.filter((row) => row.is_met || row.channel === UNATTRIBUTED);
  const names = [...new Set([...met.map((row) => row.channel), ...also])].sort();
  const numbers = new Map(met.map((row) => [Number(row.channel_no), names.indexOf(row.channel)]));
  const indexOf = (channelNumber: number): number => {
    const index = numbers.get(channelNumber);
    if (index === undefined) throw new RangeError(`no journey has channel number ${channelNumber}`);
    return index;
  };
  return { names, base: Math.max(...all.map((row) => Number(row.channel_no))) + 2, indexOf };
}

/** Columns of a statistic of `sql/statistic`, as doubles. Whole numbers are bound as whole numbers. */
async function statistic(warehouse: Warehouse, name: string, settings: SqlParameters): Promise<Float64Array[]> {
  const sql = sqlFile(`statistic/${name}`);
  const bound = Object.fromEntries(parameterNames(sql).map((key) => [key, settings[key]]));
  return doubleColumns(warehouse.connection, sql, bound);
}

/** The Markov chain of one order, counted in SQL. @param buckets  a divisor of 1,000; 1 where no interval is wanted */
export async function countChain(
  warehouse: Warehouse,
  channels: JourneyChannels,
  order: number,
  buckets = BUCKETS,
): Promise<Extract<Counted, { kind: 'chain' }>> {
  const settings = { order, base: channels.base, buckets };
  const [bucket, from, to, weight] = await statistic(warehouse, 'transition', settings);
  const [isStart, endBucket, state, conversions, nonConversions, revenue] = await statistic(
    warehouse,
    'chain_end',
    settings,
  );
  const { shape, sums } = countedChain(
    { bucket, from, to, weight },
    { isStart, bucket: endBucket, state, conversions, nonConversions, revenue },
    order,
    channels.base,
    channels.names,
    channels.indexOf,
    buckets,
  );
  return { kind: 'chain', shape, sums };
}

/** The order with the lowest held-out log-loss over persons, 1 to 3, counted in SQL. @throws InputError `insufficient_data` */
export async function countedOrder(
  warehouse: Warehouse,
  channels: JourneyChannels,
  seed: number,
): Promise<OrderChoice> {
  const folds = 5;
  const [fold, third, second, last, event, journeys] = await statistic(warehouse, 'move', {
    base: channels.base,
    folds,
  });
  return chooseCountedOrder({ fold, before: [last, second, third], event, journeys }, channels.base - 1, folds, seed);
}

/** Credit of the rule models, as `attribution.amount` has it to the cent. */
export async function countRules(
  warehouse: Warehouse,
  channels: JourneyChannels,
): Promise<Map<string, Extract<Counted, { kind: 'direct' }>>> {
  const [bucket, channelNo, ...credit] = await statistic(warehouse, 'rule_credit', {});
  const [untouchedBucket, conversions, revenue] = await statistic(warehouse, 'untouched', {});
  const size = channels.names.length;
  return new Map(
    RULE_MODELS.map((model, m) => {
      const entries = entryList(2 * (bucket.length + untouchedBucket.length));
      bucket.forEach((b, i) => {
        const channel = channels.indexOf(channelNo[i]);
        entries.add(b, channel, credit[2 * m][i]);
        entries.add(b, size + channel, credit[2 * m + 1][i]);
      });
      untouchedBucket.forEach((b, i) => {
        entries.add(b, 2 * size, conversions[i] * CREDIT_UNITS);
        entries.add(b, 2 * size + 1, revenue[i]);
      });
      const sums = entries.sums(BUCKETS, 2 * size + 2);
      return [model, { kind: 'direct', channels: channels.names, sums: inConversions(sums, size) }];
    }),
  );
}

const CREDIT_UNITS = 1_000_000_000;

/** Billionths of a conversion become conversions. */
function inConversions(sums: BucketSums, channels: number): BucketSums {
  const isCredit = (slot: number): boolean => slot < channels || slot === 2 * channels;
  return { ...sums, value: sums.value.map((value, i) => (isCredit(sums.slot[i]) ? value / CREDIT_UNITS : value)) };
}

/** Journeys by their set of channels, for the Shapley values. */
export async function countSets(
  warehouse: Warehouse,
  channels: JourneyChannels,
): Promise<Omit<Extract<Counted, { kind: 'sets' }>, 'request'>> {
  const source = `(${sqlFile('statistic/channel_set')})`;
  await warehouse.run(`create or replace temporary table channel_set as select * from ${source}`);
  const known = await warehouse.rows<{ channels: number[] }>(
    'select distinct channels from temp.channel_set order by channels',
  );
  const [set, bucket, conversions, nonConversions, revenue] = await doubleColumns(
    warehouse.connection,
    `with numbered as (select channels, row_number() over (order by channels) - 1 as set_no from (select distinct channels from temp.channel_set))
     select cast(numbered.set_no as double), cast(counted.bucket as double), cast(counted.conversions as double),
        cast(counted.non_conversions as double), cast(counted.revenue as double)
     from temp.channel_set as counted
     inner join numbered on numbered.channels = counted.channels
     order by 1, 2`,
  );
  await warehouse.run('drop table temp.channel_set');
  const rows = known.length;
  const offsets = new Uint32Array(rows + 1);
  const steps: number[] = [];
  known.forEach((row, i) => {
    for (const number of row.channels) steps.push(channels.indexOf(Number(number)));
    offsets[i + 1] = steps.length;
  });
  const totals = {
    conversions: new Float64Array(rows),
    nonConversions: new Float64Array(rows),
    revenue: new Float64Array(rows),
  };
  const entries = entryList(3 * set.length);
  for (let i = 0; i < set.length; i++) {
    totals.conversions[set[i]] += conversions[i];
    totals.nonConversions[set[i]] += nonConversions[i];
    totals.revenue[set[i]] += revenue[i];
    entries.add(bucket[i], set[i], conversions[i]);
    entries.add(bucket[i], rows + set[i], nonConversions[i]);
    entries.add(bucket[i], 2 * rows + set[i], revenue[i]);
  }
  const sets = { channels: channels.names, offsets, steps: Uint32Array.from(steps), ...totals };
  return { kind: 'sets', sets, sums: entries.sums(BUCKETS, 3 * rows) };
}

/**
 * Journeys with their times, of the persons in the first buckets: learned decay needs them one by one.
 *
 * @param buckets  of 1,000; all persons, or a part drawn by the hash of their keys
 */
export async function timedJourneys(
  warehouse: Warehouse,
  channels: JourneyChannels,
  clickDays: number,
  buckets: number,
): Promise<Extract<Counted, { kind: 'timed' }>> {
  const [journey, bucketNo, converted, revenue, channelNo, age] = await statistic(warehouse, 'timed_touch', {
    buckets,
    click_days: clickDays,
  });
  const count = journey.length === 0 ? 0 : journey[journey.length - 1];
  const offsets = new Uint32Array(count + 1);
  const channel: number[] = [];
  const ageDays: number[] = [];
  const out = { converted: new Uint8Array(count), revenue: new Float64Array(count), bucket: new Uint32Array(count) };
  for (let i = 0; i < journey.length; i++) {
    const at = journey[i] - 1;
    out.converted[at] = converted[i];
    out.revenue[at] = revenue[i];
    out.bucket[at] = bucketNo[i];
    if (channelNo[i] >= 0) {
      channel.push(channels.indexOf(channelNo[i]));
      ageDays.push(age[i]);
    }
    offsets[at + 1] = channel.length;
  }
  const journeys = {
    channels: channels.names,
    offsets,
    channel: Uint32Array.from(channel),
    ageDays: Float64Array.from(ageDays),
    converted: out.converted,
    revenue: out.revenue,
  };
  return { kind: 'timed', journeys, bucket: out.bucket, buckets };
}

/** Pairs of touches in a row, the most frequent first, with their journeys and conversions by bucket. */
export interface CountedSequences {
  /** two indices into the channels each */
  pairs: readonly (readonly [number, number])[];
  /** by pair, then of all journeys */
  journeys: BucketSums;
  conversions: BucketSums;
}

/** @param k  pairs of fewer persons are left out */
export async function countSequences(
  warehouse: Warehouse,
  channels: JourneyChannels,
  k: number,
  limit: number,
): Promise<CountedSequences> {
  const [pair, bucket, journeys, conversions] = await statistic(warehouse, 'sequence', { base: channels.base, k });
  const totals = new Map<number, number>();
  pair.forEach((code, i) => {
    totals.set(code, (totals.get(code) ?? 0) + journeys[i]);
  });
  totals.delete(0);
  const frequent = [...totals].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, limit);
  const codes = frequent.map(([code]) => code);
  // after the pairs comes what all journeys sum to
  const slotOf = new Map([...codes, 0].map((code, i) => [code, i]));
  const [all, converting] = [entryList(pair.length), entryList(pair.length)];
  pair.forEach((code, i) => {
    const slot = slotOf.get(code);
    if (slot === undefined) return;
    all.add(bucket[i], slot, journeys[i]);
    converting.add(bucket[i], slot, conversions[i]);
  });
  return {
    pairs: codes.map((code) => {
      const [first, second] = stateDigits(code, channels.base);
      return [channels.indexOf(first - 1), channels.indexOf(second - 1)];
    }),
    journeys: all.sums(BUCKETS, codes.length + 1),
    conversions: converting.sums(BUCKETS, codes.length + 1),
  };
}

/** What all models share out. */
export interface JourneyTotals {
  journeys: number;
  conversions: number;
  nonConversions: number;
  /** minor units, net of refunds */
  revenue: number;
  persons: number;
  touches: number;
}

export async function journeyTotals(warehouse: Warehouse): Promise<JourneyTotals> {
  const [row] = await warehouse.rows<Record<string, string>>(sqlFile('statistic/journey_total'));
  return {
    journeys: Number(row.journeys),
    conversions: Number(row.conversions),
    nonConversions: Number(row.non_conversions),
    revenue: Number(row.revenue),
    persons: Number(row.persons),
    touches: Number(row.touches),
  };
}
