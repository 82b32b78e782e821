import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import type { Panel } from '../panel.ts';
import { blockMeans, type PostingReadOptions, project, readPostingSchedule, within } from './design-posting.ts';
import { type PostingSchedule, redraw } from './posting-schedule.ts';

/** The three claims of a posting schedule, kept apart. */
export interface PostingClaims {
  /** posting -> engagement, per region and period */
  engagement: Estimate;
  /** posting -> sales: the number to decide by */
  sales: Estimate;
  /** engagement -> sales: incremental outcome per engagement that posting brought about; null when the instrument is weak */
  perEngagement: Estimate | null;
  /** (effect on engagement / its sd over schedules)^2, the effect itself taken out of that sd; under 10 the instrument is weak and no ratio is given */
  firstStageF: number;
}

/** Below this, engagement moved too little with posting to divide by. */
const WEAK_INSTRUMENT_F = 10;

/**
 * Posting drawn by a coin as instrument for engagement: what one more engagement is worth, never by regressing sales on likes.
 *
 *     ratio = tau(sales) / tau(engagement)
 *     p(r) = (1 + #{draws: |tau*(y - r e)| >= |tau(y - r e)|}) / (draws + 1)
 *
 * The interval is the hull of all r that the randomisation does not refuse (Anderson-Rubin), so it needs no strong first stage to be
 * valid. A draw whose engagement effect exceeds the real one counts for every r, which can only widen it. Needs: posting acts on sales
 * only through engagement. That is an assumption, not a finding; where posts are seen without a reaction, read `sales` instead.
 *
 * @param sales, engagement  panels with the schedule's regions
 * @throws InputError as `readPostingSchedule`
 * @see Anderson & Rubin (1949); Imbens & Rosenbaum (2005), Robust, accurate confidence intervals with a weak instrument
 */
export function postingClaims(
  schedule: PostingSchedule,
  sales: Panel,
  engagement: Panel,
  options: PostingReadOptions = {},
): PostingClaims {
  const first = readPostingSchedule(schedule, engagement, options).estimate;
  const reduced = readPostingSchedule(schedule, sales, options).estimate;
  const firstStageF = first.standardError! > 0 ? (first.value / first.standardError!) ** 2 : Number.POSITIVE_INFINITY;
  const perEngagement = firstStageF > WEAK_INSTRUMENT_F ? ratioOf(schedule, sales, engagement, options) : null;
  return { engagement: first, sales: reduced, perEngagement, firstStageF };
}

function ratioOf(schedule: PostingSchedule, sales: Panel, engagement: Panel, options: PostingReadOptions): Estimate {
  const { level = DEFAULT_LEVEL, draws = 999, start = 0 } = options;
  const rows = schedule.regions.length;
  const y = blockMeans(schedule, sales, start);
  const e = blockMeans(schedule, engagement, start);
  const own = within(schedule.posting, rows, schedule.blocks);
  const [tauY, tauE] = [project(own, y), project(own, e)];
  const value = tauY / tauE;
  const lows: number[] = [];
  const highs: number[] = [];
  let beyond = 0;
  for (let k = 0; k < draws; k++) {
    const other = within(redraw(schedule, k), rows, schedule.blocks);
    const [low, high] = holdsBetween(project(other, y), project(other, e), tauY, tauE);
    lows.push(low);
    highs.push(high);
    if (low <= 0 && high >= 0) beyond++;
  }
  const count = Math.ceil((1 - level) * (draws + 1) - 1e-9) - 1;
  const lo = count <= 0 ? Number.NEGATIVE_INFINITY : lows.sort((a, b) => a - b)[count - 1];
  const hi = count <= 0 ? Number.POSITIVE_INFINITY : highs.sort((a, b) => b - a)[count - 1];
  const bounded = Number.isFinite(lo) && Number.isFinite(hi);
  return {
    value,
    standardError: null,
    interval: bounded ? { lo, hi, level, kind: 'confidence' } : null,
    pValue: (1 + beyond) / (draws + 1),
    method: 'posting_instrument',
    n: rows * schedule.blocks,
    diagnostics: {
      draws,
      seed: schedule.seed,
      ...(bounded ? {} : { no_interval: 'engagement moved too little with posting to bound what one is worth' }),
    },
  };
}

/** The r around tauY / tauE for which |a - r b| >= |tauY - r tauE|; the whole line when b is the larger slope. */
function holdsBetween(a: number, b: number, tauY: number, tauE: number): [number, number] {
  if (Math.abs(b) >= Math.abs(tauE) * (1 - 1e-12)) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const first = (tauY - a) / (tauE - b);
  const second = (tauY + a) / (tauE + b);
  return [Math.min(first, second), Math.max(first, second)];
}
