import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Interval } from '../estimate.ts';
import { type BootstrapDraws, bootstrapInterval, drawsOf } from './bootstrap.ts';
import type { Credit } from './credit.ts';
import { type ModelRequest, requestOf } from './registry.ts';

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

export const DEFAULT_REPLICATES = 200;
const DEFAULT_MINIMUM = 10;

/** What a model read, beside its credit. */
export interface Input {
  channels: readonly string[];
  conversions: number;
  revenue: number;
  /** goes into `diagnostics` as it is */
  diagnostics: Record<string, unknown>;
}

/**
 * The one shape in which every attribution model leaves.
 *
 * @param draws  null for no intervals
 * @throws InputError `bad_parameter` for negative spend
 * @throws RangeError when the draws do not hold this model
 */
export function resultOf(
  request: ModelRequest,
  input: Input,
  credit: Credit,
  draws: BootstrapDraws | null,
  options: IntervalOptions,
): AttributionResult {
  const { level = DEFAULT_LEVEL, minimumConversions = DEFAULT_MINIMUM } = options;
  const channels = input.channels.map((name, j) => channelCredit(name, j, credit, minimumConversions));
  if (draws !== null) addIntervals(channels, draws, request, level);
  if (options.spend !== undefined) addCosts(channels, options.spend, draws !== null);
  const few = channels.filter((c) => c.few_conversions).map((c) => c.channel);
  return {
    schema_version: 1,
    model: request.model,
    total: { conversions: input.conversions, revenue: input.revenue },
    unattributed: credit.unattributed,
    channels,
    diagnostics: {
      meaning: 'credit, not proof: an association in the journeys, with no claim about cause',
      ...input.diagnostics,
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
        : 'nothing says whose journeys these are, so the unit is the journey: intervals are too narrow where people return',
  };
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Sum in order. */
export function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
