import type { AttributionResult } from './attribution-result.ts';

export interface ModelComparison {
  schema_version: 1;
  models: string[];
  /** of the input, the same under every model */
  total: { conversions: number; revenue: number };
  channels: ComparedChannel[];
  /** plain words on the channels that models disagree on, the largest money first */
  notes: string[];
}

export interface ComparedChannel {
  channel: string;
  /** by model id (with `(order k)` or the like where an id stands twice) */
  conversions: Record<string, number>;
  revenue: Record<string, number>;
  share: Record<string, number>;
  /** range over models; no coverage, and not an interval of anything but the choice of model */
  conversions_spread: Spread;
  revenue_spread: Spread;
  /** models differ by more than the threshold in conversions or revenue */
  disagree: boolean;
}

export interface Spread {
  lo: number;
  hi: number;
  /** model that gives `lo`, and `hi` */
  lo_model: string;
  hi_model: string;
  /** hi / lo; null where lo is not positive */
  ratio: number | null;
  kind: 'model_spread';
}

export interface CompareOptions {
  /** models disagree on a channel when the highest is more than this times the lowest, > 1; default 2 */
  threshold?: number;
  /** credit below which no model counts as more than noise, in conversions; default 1 */
  leastConversions?: number;
}

/**
 * Several models on the same journeys, side by side.
 *
 * The spread over models shows how much of a channel's credit is the choice of model and not the data. Agreement is no
 * proof either: all of them read the same journeys and none sees the sales that would have come anyway.
 *
 * @param results  of `attributePaths` or `attributeTimed` on the same journeys
 * @throws RangeError when there is none, or totals differ (they are of different journeys)
 */
export function compareModels(results: readonly AttributionResult[], options: CompareOptions = {}): ModelComparison {
  const { threshold = 2, leastConversions = 1 } = options;
  if (results.length === 0) throw new RangeError('compareModels: no result');
  const { total } = results[0];
  for (const result of results) {
    if (!near(result.total.conversions, total.conversions) || !near(result.total.revenue, total.revenue)) {
      throw new RangeError(`compareModels: ${results[0].model} and ${result.model} are of different journeys`);
    }
  }
  const labels = labelsOf(results);
  const names = [...new Set(results.flatMap((result) => result.channels.map((c) => c.channel)))].sort();
  const channels = names.map((name) => comparedChannel(name, results, labels, threshold, leastConversions));
  return { schema_version: 1, models: labels, total, channels, notes: notesOf(channels, threshold) };
}

/** Model ids, told apart by order where the same model stands there twice. */
function labelsOf(results: readonly AttributionResult[]): string[] {
  const plain = results.map(({ model, diagnostics }) =>
    model === 'markov' ? `markov (order ${diagnostics.order})` : model,
  );
  return plain.map((label, i) => {
    const model = results[i].model;
    if (results.filter((result) => result.model === model).length === 1) return model;
    const before = plain.slice(0, i).filter((other) => other === label).length;
    return before === 0 ? label : `${label} (${before + 1})`;
  });
}

function comparedChannel(
  channel: string,
  results: readonly AttributionResult[],
  labels: readonly string[],
  threshold: number,
  leastConversions: number,
): ComparedChannel {
  const of = (key: 'conversions' | 'revenue' | 'share'): Record<string, number> =>
    Object.fromEntries(
      results.map((result, i) => [labels[i], result.channels.find((c) => c.channel === channel)?.[key] ?? 0]),
    );
  const conversions = of('conversions');
  const revenue = of('revenue');
  const conversionsSpread = spreadOf(conversions);
  const revenueSpread = spreadOf(revenue);
  const apart = (spread: Spread): boolean => spread.hi > threshold * Math.max(spread.lo, 0) && spread.hi > 0;
  return {
    channel,
    conversions,
    revenue,
    share: of('share'),
    conversions_spread: conversionsSpread,
    revenue_spread: revenueSpread,
    disagree: conversionsSpread.hi >= leastConversions && (apart(conversionsSpread) || apart(revenueSpread)),
  };
}

function spreadOf(values: Record<string, number>): Spread {
  const entries = Object.entries(values);
  let [lowModel, lo] = entries[0];
  let [highModel, hi] = entries[0];
  for (const [model, value] of entries) {
    if (value < lo) [lowModel, lo] = [model, value];
    if (value > hi) [highModel, hi] = [model, value];
  }
  return { lo, hi, lo_model: lowModel, hi_model: highModel, ratio: lo > 0 ? hi / lo : null, kind: 'model_spread' };
}

function notesOf(channels: readonly ComparedChannel[], threshold: number): string[] {
  const apart = channels.filter((channel) => channel.disagree);
  if (apart.length === 0) {
    return [
      `No channel's credit differs by more than ${round(threshold)} times between models. They still share what they cannot see: sales that would have come anyway.`,
    ];
  }
  return apart
    .sort(
      (a, b) =>
        width(b.revenue_spread) - width(a.revenue_spread) || width(b.conversions_spread) - width(a.conversions_spread),
    )
    .map(({ channel, conversions_spread: spread, revenue_spread: money }) => {
      // conversions may agree where revenue does not
      const byCount = spread.lo <= 0 || spread.hi > threshold * spread.lo;
      const shown = byCount ? spread : money;
      const most = `${shown.hi_model} gives it ${round(shown.hi)} ${byCount ? 'conversions' : 'of revenue'}`;
      return `${channel}: ${most}, ${lowest(shown)}. The choice of model decides this channel, not the data; test it before you move budget.`;
    });
}

function lowest(spread: Spread): string {
  if (spread.ratio !== null) return `${round(spread.ratio)} times the ${round(spread.lo)} of ${spread.lo_model}`;
  return spread.lo === 0 ? `${spread.lo_model} none` : `${spread.lo_model} ${round(spread.lo)}, as if it cost sales`;
}

function width(spread: Spread): number {
  return spread.hi - spread.lo;
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}
