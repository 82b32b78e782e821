import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Interval } from '../estimate.ts';
import type { Paths } from '../paths.ts';
import { type BootstrapDraws, bootstrapDraws, bootstrapInterval, checkReplicates, drawsOf } from './bootstrap.ts';
import { checkPaths } from './check-paths.ts';
import type { Credit } from './credit.ts';
import { type ModelRequest, prepareModel, requestOf } from './registry.ts';
import { type ResampleUnits, resampleUnits } from './resample.ts';
import { orderedShapley } from './shapley.ts';
import { type PathTransform, transformPaths } from './transforms.ts';

export interface IntervalOptions {
  /** nominal coverage of every interval, in (0, 1); default 0.9 */
  level?: number;
  /** bootstrap replicates; 0 gives no intervals; default 200 */
  replicates?: number;
  /** names the draws; default 1 */
  seed?: number;
  /** credited conversions below which a channel is flagged; default 10 */
  minimumConversions?: number;
  /** spend by channel, in the unit of revenue: adds CPA and ROAS */
  spend?: Readonly<Record<string, number>>;
}

export interface AttributeOptions extends ModelRequest, IntervalOptions {
  /** changes made to every path before the model reads it, left to right */
  transforms?: readonly PathTransform[];
  /** 64-bit hash of each row's person; without it the unit of the bootstrap is the journey */
  personKeys?: BigUint64Array;
}

/** `hi` is null where it has no bound: the cost of a conversion when none is within the interval. */
export type CostInterval = Omit<Interval, 'hi'> & { hi: number | null };

export interface ChannelCredit {
  channel: string;
  conversions: number;
  revenue: number;
  /** of all credited conversions; 0 when none is credited */
  share: number;
  removal_effect?: number;
  revenue_removal_effect?: number;
  /** of `conversions`; null where the replicates do not vary */
  interval?: Interval | null;
  revenue_interval?: Interval | null;
  share_interval?: Interval | null;
  /** fewer credited conversions than the minimum: the interval may be too narrow to trust */
  few_conversions: boolean;
  /** only of `shapley_ordered`: conversions by position of the touch, the last one with all later ones */
  positions?: number[];
  spend?: number;
  /** spend per credited conversion; null when none is credited */
  cpa?: number | null;
  cpa_interval?: CostInterval | null;
  /** credited revenue per unit of spend; null when nothing was spent */
  roas?: number | null;
  roas_interval?: Interval | null;
}

export interface AttributionResult {
  schema_version: 1;
  model: string;
  /** of the input; channels and `unattributed` add up to it */
  total: { conversions: number; revenue: number };
  /** conversions that nothing touched */
  unattributed: { conversions: number; revenue: number };
  channels: ChannelCredit[];
  diagnostics: Record<string, unknown>;
}

/**
 * Credit of every channel under one model, with bootstrap intervals.
 *
 * Credit says which channels the converting journeys passed through. It is an association, not proof that a channel
 * caused anything.
 *
 * @throws InputError `bad_paths` when no path converts or the model needs times, `unknown_name` for an unknown model,
 *         `bad_parameter` for an option outside its range
 */
export function attributePaths(paths: Paths, options: AttributeOptions): AttributionResult {
  const units = attributionUnits(paths, options);
  const { replicates = DEFAULT_REPLICATES, seed = 1, level = DEFAULT_LEVEL } = options;
  checkReplicates(replicates, level);
  const draws = replicates === 0 ? null : bootstrapDraws(units, [requestOf(options)], seed, replicates);
  return attributionResult(units, options, draws, options);
}

export const DEFAULT_REPLICATES = 200;
const DEFAULT_MINIMUM = 10;

/** Checks and transforms paths and readies them for the bootstrap. @throws InputError as `attributePaths` */
export function attributionUnits(
  paths: Paths,
  options: { transforms?: readonly PathTransform[]; personKeys?: BigUint64Array } = {},
): ResampleUnits {
  checkPaths(paths);
  return resampleUnits(transformPaths(paths, options.transforms ?? []), options.personKeys);
}

/**
 * One model's result from units whose bootstrap is done: `draws` must hold the same request.
 *
 * @param draws  null for no intervals
 * @throws InputError as `attributePaths`
 * @throws RangeError when the draws do not hold this model
 */
export function attributionResult(
  units: ResampleUnits,
  request: ModelRequest,
  draws: BootstrapDraws | null,
  options: IntervalOptions = {},
): AttributionResult {
  const { paths } = units;
  const { level = DEFAULT_LEVEL, minimumConversions = DEFAULT_MINIMUM } = options;
  const credit = prepareModel(paths, request)(paths);
  const channels = paths.channels.map((name, j) => channelCredit(name, j, credit, minimumConversions));
  if (draws !== null) addIntervals(channels, draws, request, level);
  if (request.model === 'shapley_ordered') addPositions(channels, paths, credit);
  if (options.spend !== undefined) addCosts(channels, options.spend, draws !== null);
  const few = channels.filter((c) => c.few_conversions).map((c) => c.channel);
  return {
    schema_version: 1,
    model: request.model,
    total: { conversions: sum(paths.conversions), revenue: sum(paths.revenue) },
    unattributed: credit.unattributed,
    channels,
    diagnostics: {
      meaning: 'credit, not proof: an association in the journeys, with no claim about cause',
      paths: paths.conversions.length,
      non_conversions: sum(paths.nonConversions),
      ...credit.diagnostics,
      interval: draws === null ? null : intervalNote(draws, level),
      few_conversions: { minimum: minimumConversions, channels: few },
    },
  };
}

function channelCredit(channel: string, j: number, credit: Credit, minimum: number): ChannelCredit {
  const out: ChannelCredit = {
    channel,
    conversions: credit.conversions[j],
    revenue: credit.revenue[j],
    share: shareOf(credit.conversions[j], sum(credit.conversions)),
    few_conversions: credit.conversions[j] < minimum,
  };
  if (credit.removalEffects !== undefined) out.removal_effect = credit.removalEffects[j];
  if (credit.revenueRemovalEffects !== undefined) out.revenue_removal_effect = credit.revenueRemovalEffects[j];
  return out;
}

function addIntervals(channels: ChannelCredit[], draws: BootstrapDraws, request: ModelRequest, level: number): void {
  const at = draws.models.findIndex((drawn) => sameRequest(drawn, request));
  if (at < 0) throw new RangeError(`the bootstrap draws hold no ${request.model} with these options`);
  const conversions = channels.map((_, j) => drawsOf(draws, at, 'conversions', j));
  const credited = new Float64Array(draws.replicates);
  for (const values of conversions) for (let r = 0; r < values.length; r++) credited[r] += values[r];
  channels.forEach((channel, j) => {
    channel.interval = bootstrapInterval(conversions[j], level);
    channel.revenue_interval = bootstrapInterval(drawsOf(draws, at, 'revenue', j), level);
    channel.share_interval = bootstrapInterval(
      conversions[j].map((value, r) => shareOf(value, credited[r])),
      level,
    );
  });
}

function sameRequest(a: ModelRequest, b: ModelRequest): boolean {
  const key = (r: ModelRequest): string => JSON.stringify(requestOf(r));
  return key(a) === key(b);
}

function addPositions(channels: ChannelCredit[], paths: Paths, credit: Credit): void {
  const ordered = orderedShapley(paths);
  channels.forEach((channel, j) => {
    channel.positions = [...ordered.conversions.subarray(j * ordered.positions, (j + 1) * ordered.positions)];
  });
  credit.diagnostics.positions = ordered.positions;
  credit.diagnostics.last_position_holds_later_touches = ordered.pooledLast;
}

function addCosts(channels: ChannelCredit[], spend: Readonly<Record<string, number>>, intervals: boolean): void {
  for (const [name, amount] of Object.entries(spend)) {
    if (!(Number.isFinite(amount) && amount >= 0)) {
      throw new InputError('bad_parameter', `spend of ${name} is ${amount}; give a number >= 0`);
    }
    if (!channels.some((c) => c.channel === name)) {
      // money spent on a channel that no journey met is a finding, not a gap
      channels.push({ channel: name, conversions: 0, revenue: 0, share: 0, few_conversions: true });
    }
  }
  for (const channel of channels) {
    const amount = Object.hasOwn(spend, channel.channel) ? spend[channel.channel] : undefined;
    if (amount === undefined) continue;
    channel.spend = amount;
    channel.cpa = channel.conversions > 0 ? amount / channel.conversions : null;
    channel.roas = amount > 0 ? channel.revenue / amount : null;
    if (!intervals) continue;
    channel.cpa_interval = costInterval(channel.interval, amount);
    const revenue = channel.revenue_interval ?? null;
    channel.roas_interval =
      revenue === null || amount === 0 ? null : { ...revenue, lo: revenue.lo / amount, hi: revenue.hi / amount };
  }
}

/** Spend is known, so the interval of its ratio is that of the count, turned over. */
function costInterval(of: Interval | null | undefined, amount: number): CostInterval | null {
  if (of === null || of === undefined || of.hi <= 0) return null;
  return { ...of, lo: amount / of.hi, hi: of.lo > 0 ? amount / of.lo : null };
}

function intervalNote(draws: BootstrapDraws, level: number): Record<string, unknown> {
  return {
    method: 'Poisson bootstrap, percentile',
    unit: draws.unit,
    level,
    replicates: draws.replicates,
    seed: draws.seed,
    note:
      draws.unit === 'person'
        ? 'all journeys of a person are drawn together'
        : 'a path file does not say whose journeys they are, so the unit is the journey: intervals are too narrow where people return',
  };
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
