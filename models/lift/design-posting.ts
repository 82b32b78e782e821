import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import type { Panel } from '../panel.ts';
import { type PostingSchedule, type PostingScheduleOptions, postingSchedule, redraw } from './posting-schedule.ts';
import { randomisationTest } from './randomisation.ts';

export interface PostingReadOptions {
  level?: number;
  /** schedules that could have been, default 999 */
  draws?: number;
  /** index of the panel period in which the schedule begins, default 0 */
  start?: number;
}

export interface PostingEffect {
  /** mean effect per region and period of posting against holding back */
  estimate: Estimate;
  /** effect / mean of the blocks without posting, which is taken as known */
  relative: { value: number; lo: number | null; hi: number | null; level: number };
  /** what posting in the block before still does in this one; significant = the washout is too short */
  carryover: { value: number; pValue: number };
  blockMeans: Float64Array;
  /** the schedules that could have been, `[a, b]` as `randomisationTest` takes them */
  draws: readonly (readonly [number, number])[];
}

/**
 * Reads a posting schedule: block means with region and block effects taken out, against the schedules that could have been.
 *
 *     tau = sum(D' y) / sum(D'^2),  D' = posting with region and block means removed
 *
 * Test and interval are those of `randomisationTest`. They rest on the randomisation alone: no model of noise, trend or weekday.
 *
 * @param panel  one unit per region with the schedule's names, at least blocks x blockLength periods after `start`; NaN refused
 * @throws InputError `bad_panel` when a region is missing or a cell that is read is empty
 * @see Bojinov, Simchi-Levi & Zhao (2023), Design and analysis of switchback experiments
 */
export function readPostingSchedule(
  schedule: PostingSchedule,
  panel: Panel,
  options: PostingReadOptions = {},
): PostingEffect {
  const level = options.level ?? DEFAULT_LEVEL;
  const draws = options.draws ?? 999;
  const means = blockMeans(schedule, panel, options.start ?? 0);
  const rows = schedule.regions.length;
  const own = within(schedule.posting, rows, schedule.blocks);
  const tau = project(own, means);
  const lagOwn = lagEffect(schedule.posting, means, rows, schedule.blocks);
  let lagMore = 0;
  const drawn = Array.from({ length: draws }, (_, k): [number, number] => {
    const posting = redraw(schedule, k);
    const other = within(posting, rows, schedule.blocks);
    if (Math.abs(lagEffect(posting, means, rows, schedule.blocks)) >= Math.abs(lagOwn)) lagMore++;
    return [project(other, means), project(other, schedule.posting)];
  });
  const { pValue, pGreater, interval, deviation } = randomisationTest(tau, drawn, level);
  const off = offMean(means, schedule.posting);
  const ratio = (x: number | undefined): number | null => (x !== undefined && off > 0 ? x / off : null);
  return {
    estimate: {
      value: tau,
      standardError: deviation,
      interval,
      pValue,
      method: 'switchback_randomisation',
      n: rows * schedule.blocks,
      diagnostics: {
        draws,
        seed: schedule.seed,
        p_greater: pGreater,
        ...(interval === null
          ? { no_interval: 'too few blocks: too many schedules equal this one or its mirror' }
          : {}),
      },
    },
    relative: { value: off > 0 ? tau / off : Number.NaN, lo: ratio(interval?.lo), hi: ratio(interval?.hi), level },
    carryover: { value: lagOwn, pValue: (1 + lagMore) / (draws + 1) },
    blockMeans: means,
    draws: drawn,
  };
}

export interface PostingPower {
  /** power at each planted effect, and at none */
  curve: { effect: number; power: number }[];
  /** smallest effect tried with the asked power; null when none of them has it */
  mde: number | null;
  runs: number;
}

/**
 * Power of a posting schedule by simulation on history: schedules are drawn, the outcome of posting blocks is multiplied by
 * 1 + effect, and the very read-out of the test is run.
 *
 * @param panel    history without campaigns, one unit per region
 * @param effects  planted effects as shares, ascending; 0 is added
 * @param runs     schedules x placements in time, default 40
 */
export function postingPower(
  panel: Panel,
  design: PostingScheduleOptions,
  effects: readonly number[],
  options: { level?: number; power?: number; draws?: number; runs?: number } = {},
): PostingPower {
  const { level = DEFAULT_LEVEL, power = 0.8, draws = 199, runs = 40 } = options;
  const length = design.blocks * design.blockLength;
  const room = panel.periods.length - length;
  if (room < 0) {
    throw new InputError(
      'insufficient_data',
      `history has ${panel.periods.length} periods and the schedule ${length}; give a longer history or fewer blocks`,
    );
  }
  const tried = [0, ...effects.filter((effect) => effect !== 0)];
  const found = tried.map(() => 0);
  for (let run = 0; run < runs; run++) {
    const schedule = postingSchedule({ ...design, seed: design.seed + 1 + run });
    const start = runs > 1 ? Math.round((room * run) / (runs - 1)) : room;
    tried.forEach((effect, i) => {
      const planted = plant(schedule, panel, start, effect);
      const { estimate } = readPostingSchedule(schedule, planted, { level, draws, start });
      if (estimate.pValue! < 1 - level) found[i]++;
    });
  }
  const curve = tried.map((effect, i) => ({ effect, power: found[i] / runs }));
  const enough = curve.find((point) => point.effect !== 0 && point.power >= power);
  return { curve, mde: enough?.effect ?? null, runs };
}

function plant(schedule: PostingSchedule, panel: Panel, start: number, effect: number): Panel {
  const outcome = Float64Array.from(panel.outcome);
  const periods = panel.periods.length;
  schedule.regions.forEach((region, r) => {
    const row = panel.units.indexOf(region) * periods + start;
    for (let b = 0; b < schedule.blocks; b++) {
      if (schedule.posting[r * schedule.blocks + b] === 0) continue;
      for (let t = 0; t < schedule.blockLength; t++) outcome[row + b * schedule.blockLength + t] *= 1 + effect;
    }
  });
  return { ...panel, outcome };
}

/** regions x blocks: mean of each block without its washout. */
export function blockMeans(schedule: PostingSchedule, panel: Panel, start: number): Float64Array {
  const { regions, blocks, blockLength, washout } = schedule;
  const periods = panel.periods.length;
  if (start + blocks * blockLength > periods) {
    throw new InputError('bad_panel', `the schedule needs ${blocks * blockLength} periods from period ${start + 1}`);
  }
  const out = new Float64Array(regions.length * blocks);
  regions.forEach((region, r) => {
    const unit = panel.units.indexOf(region);
    if (unit < 0) throw new InputError('unknown_name', `region ${region} of the schedule is not in the panel`);
    for (let b = 0; b < blocks; b++) {
      let sum = 0;
      for (let t = washout; t < blockLength; t++) {
        const period = start + b * blockLength + t;
        const value = panel.outcome[unit * periods + period];
        if (Number.isNaN(value)) {
          throw new InputError(
            'bad_panel',
            `region ${region} has no outcome in ${panel.periods[period]}; load it first`,
          );
        }
        sum += value;
      }
      out[r * blocks + b] = sum / (blockLength - washout);
    }
  });
  return out;
}

/** Takes row and column means out of a rows x cols table; one row keeps its column means, which would leave nothing. */
export function within(values: ArrayLike<number>, rows: number, cols: number): Float64Array {
  const out = Float64Array.from(values);
  for (let r = 0; r < rows; r++) {
    let mean = 0;
    for (let c = 0; c < cols; c++) mean += out[r * cols + c] / cols;
    for (let c = 0; c < cols; c++) out[r * cols + c] -= mean;
  }
  if (rows === 1) return out;
  for (let c = 0; c < cols; c++) {
    let mean = 0;
    for (let r = 0; r < rows; r++) mean += out[r * cols + c] / rows;
    for (let r = 0; r < rows; r++) out[r * cols + c] -= mean;
  }
  return out;
}

/** Coefficient of a demeaned column; 0 when all regions post in the same blocks, so that nothing is left of it. */
export function project(column: Float64Array, y: ArrayLike<number>): number {
  let product = 0;
  let squares = 0;
  for (let i = 0; i < column.length; i++) {
    product += column[i] * y[i];
    squares += column[i] * column[i];
  }
  return squares > 1e-12 ? product / squares : 0;
}

/** Coefficient of the block before, beside that of the block itself, from the second block on. */
function lagEffect(posting: Uint8Array, means: Float64Array, rows: number, cols: number): number {
  const inner = cols - 1;
  const cut = (values: ArrayLike<number>, from: number): Float64Array => {
    const out = new Float64Array(rows * inner);
    for (let r = 0; r < rows; r++) for (let c = 0; c < inner; c++) out[r * inner + c] = values[r * cols + c + from];
    return within(out, rows, inner);
  };
  const now = cut(posting, 1);
  const before = cut(posting, 0);
  const y = cut(means, 1);
  const dot = (u: Float64Array, v: Float64Array): number => u.reduce((sum, x, i) => sum + x * v[i], 0);
  const [nn, nb, bb] = [dot(now, now), dot(now, before), dot(before, before)];
  const determinant = nn * bb - nb * nb;
  return determinant > 1e-9 ? (nn * dot(before, y) - nb * dot(now, y)) / determinant : 0;
}

function offMean(means: Float64Array, posting: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < means.length; i++) {
    if (posting[i] === 1) continue;
    sum += means[i];
    count++;
  }
  return sum / count;
}
