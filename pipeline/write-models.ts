import type { AttributionResult, ChannelCredit, CostInterval } from '../models/attribution/attribution-result.ts';
import type { ModelComparison } from '../models/attribution/compare.ts';
import type { Interval } from '../models/estimate.ts';
import type { SequenceRow } from './sequence-rates.ts';
import { sqlFile, sqlFiles } from './sql-files.ts';
import { quoteText, type Warehouse } from './warehouse.ts';

/** One model's result and how it came about; money in major units. */
export interface ModelRun {
  result: AttributionResult;
  order: number | null;
  note: string;
  persons: number;
  /** share of the persons that were read, 1 but for learned decay on many touches */
  personsShare: number;
  journeys: number;
  replicates: number;
  level: number;
  seed: number;
  /** by channel, of learned decay */
  halfLives: Float64Array | null;
  /** decimals of the currency */
  exponent: number;
  /** of the journeys: conversions, and revenue in minor units */
  total: { conversions: number; revenue: number };
}

/**
 * Writes the tables of credit in `sql/table/result` anew. Numbers are quantised here, so that published bytes do not hang on the last bit of a
 * double, and credit is rounded so that it still adds up: to whole conversions and to the cent.
 */
export async function writeModels(
  warehouse: Warehouse,
  runs: readonly ModelRun[],
  comparison: ModelComparison | null,
  sequences: readonly SequenceRow[],
): Promise<void> {
  // studies and the mix have tables there too, and writers of their own
  for (const name of sqlFiles('table/result').filter((table) => /^(?:model|sequence)_/.test(table))) {
    await warehouse.run(`drop table if exists result.${name}`);
    await warehouse.run(sqlFile(`table/result/${name}`));
  }
  await insert(warehouse, 'model_credit', runs.flatMap(creditRows));
  await insert(warehouse, 'model_run', runs.map(runRow));
  await insert(warehouse, 'model_agreement', comparison === null ? [] : agreementRows(comparison, runs[0].exponent));
  await insert(warehouse, 'sequence_effect', sequences.map(sequenceRow));
}

function creditRows(run: ModelRun): string[] {
  const { channels, model } = run.result;
  const scale = 10 ** run.exponent;
  const conversions = roundedToTotal(
    channels.map((c) => c.conversions * CREDIT_UNITS),
    BigInt(run.total.conversions) * BigInt(CREDIT_UNITS),
  );
  const revenue = roundedToTotal(
    channels.map((c) => c.revenue * scale),
    BigInt(run.total.revenue),
  );
  return channels.flatMap((channel, j) => {
    const isUnattributed = channel.channel === '(unattributed)';
    if (isUnattributed && conversions[j] === 0n && revenue[j] === 0n) return [];
    const cells = [
      text(model),
      text(channel.channel),
      `cast(${conversions[j]} as decimal(28, 0)) * 0.000000001`,
      ...bounds(channel.interval, (v) => fixed(v, 9)),
      fixed(run.total.conversions === 0 ? 0 : channel.conversions / run.total.conversions, 9),
      ...bounds(channel.share_interval, (v) => fixed(v, 9)),
      fixed(channel.removal_effect, 9),
      fixed(learnedHalfLife(run.halfLives?.[j]), 6),
      String(revenue[j]),
      ...bounds(channel.revenue_interval, (v) => fixed(v * scale, 0)),
      ...costs(channel, scale),
      isUnattributed ? 'false' : String(channel.few_conversions),
    ];
    return [`(${cells.join(', ')})`];
  });
}

const CREDIT_UNITS = 1_000_000_000;

/** A half-life at the bounds of the fit, an hour and a year, was not learned. */
function learnedHalfLife(days: number | undefined): number | undefined {
  return days !== undefined && days > (1 / 24) * 1.0001 && days < 365 * 0.9999 ? days : undefined;
}

function costs(channel: ChannelCredit, scale: number): string[] {
  return [
    fixed(channel.spend === undefined ? undefined : channel.spend * scale, 0),
    fixed(channel.cpa === undefined || channel.cpa === null ? undefined : channel.cpa * scale, 0),
    ...bounds(channel.cpa_interval, (v) => fixed(v * scale, 0)),
    fixed(channel.roas, 6),
    ...bounds(channel.roas_interval, (v) => fixed(v, 6)),
  ];
}

function runRow(run: ModelRun, position: number): string {
  const { result, order, total, persons, journeys, personsShare, replicates, seed, note } = run;
  const read = Math.round(persons * personsShare);
  const cells = [
    position,
    text(result.model),
    order ?? 'null',
    total.conversions,
    total.revenue,
    read,
    journeys,
    fixed(personsShare, 6),
    replicates,
    seed,
    fixed(run.level, 6),
    text(note),
  ];
  return `(${cells.join(', ')})`;
}

function agreementRows(comparison: ModelComparison, exponent: number): string[] {
  return comparison.channels.map(({ channel, conversions_spread: spread, revenue_spread: money, disagree }) => {
    const words = comparison.notes.find((note) => note.startsWith(`${channel}: `));
    const cells = [
      text(channel),
      fixed(spread.lo, 9),
      fixed(spread.hi, 9),
      text(spread.lo_model),
      text(spread.hi_model),
      fixed(spread.ratio, 6),
      fixed(money.lo * 10 ** exponent, 0),
      fixed(money.hi * 10 ** exponent, 0),
      String(disagree),
      disagree && words !== undefined ? text(words.slice(channel.length + 2)) : 'null',
    ];
    return `(${cells.join(', ')})`;
  });
}

function sequenceRow(row: SequenceRow): string {
  const cells = [
    text(row.sequence),
    row.journeys,
    row.conversions,
    fixed(row.rateWith, 9),
    ...bounds(row.rateWithInterval, (v) => fixed(v, 9)),
    fixed(row.rateWithout, 9),
    fixed(row.rateRatio, 6),
    ...bounds(row.rateRatioInterval, (v) => fixed(v, 6)),
    fixed(row.removalEffect, 9),
  ];
  return `(${cells.join(', ')})`;
}

/**
 * Values rounded to whole units so that they add up to `total`: what is left over goes to the largest
 * remainders.
 *
 * @throws RangeError when they are further from it than rounding can be
 */
export function roundedToTotal(values: readonly number[], total: bigint): bigint[] {
  const floors = values.map((value) => BigInt(Math.floor(value)));
  let left = total - floors.reduce((sum, value) => sum + value, 0n);
  // quantised, so that the last bit of a double does not decide who gets a unit
  const remainder = values.map((value) => Math.round((value - Math.floor(value)) * 1e3));
  const order = values.map((_, i) => i).sort((a, b) => remainder[b] - remainder[a] || a - b);
  const most = BigInt(values.length);
  if (left > most || left < -most) throw new RangeError(`parts sum to ${total - left}, not to ${total}`);
  for (let i = 0; left > 0n; i++, left--) floors[order[i]] += 1n;
  for (let i = order.length - 1; left < 0n; i--, left++) floors[order[i]] -= 1n;
  return floors;
}

async function insert(warehouse: Warehouse, table: string, rows: readonly string[]): Promise<void> {
  for (let from = 0; from < rows.length; from += 500) {
    await warehouse.run(`insert into result.${table} values ${rows.slice(from, from + 500).join(', ')}`);
  }
}

function text(value: string): string {
  return `'${quoteText(value)}'`;
}

function fixed(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'null';
  const out = value.toFixed(digits);
  return Number(out) === 0 ? '0' : out;
}

function bounds(interval: Interval | CostInterval | null | undefined, write: (value: number) => string): string[] {
  if (interval === null || interval === undefined) return ['null', 'null'];
  return [write(interval.lo), interval.hi === null ? 'null' : write(interval.hi)];
}
