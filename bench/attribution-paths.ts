/**
 * Attribution on one million path rows: seconds, CPU seconds, ratio to one bare pass over the same steps, bar.
 *
 *     tsx bench/attribution-paths.ts [rows] [--distinct] [--workers n]
 *
 * The default rows are single journeys, 12 channels, mean length 4, at most 53, 4 % converting: the shape on which peers were
 * measured (ChannelAttribution 2.2.4: rules 1.27 s, Markov 1 to 3 2.2, 3.4 and 5.7 s at about 4 % error). With --distinct no two
 * paths are equal, so nothing can be merged (mean length 14).
 */
import { availableParallelism } from 'node:os';
import { bootstrapDraws } from '../models/attribution/bootstrap.ts';
import { solveMarkov } from '../models/attribution/markov.ts';
import { mergePaths } from '../models/attribution/merge-paths.ts';
import { type ModelRequest, prepareModel } from '../models/attribution/registry.ts';
import { resampleUnits } from '../models/attribution/resample.ts';
import { countTransitions } from '../models/attribution/transitions.ts';
import { random } from '../models/numeric/random.ts';
import { type Paths, pathCount } from '../models/paths.ts';
import { bootstrapInWorkers } from '../pipeline/workers/bootstrap.ts';
import { peakMemory, printTable, timed } from './harness.ts';

const distinct = process.argv.includes('--distinct');
const workersAt = process.argv.indexOf('--workers');
const workers = workersAt < 0 ? availableParallelism() : Number(process.argv[workersAt + 1]);
const rows = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? 1_000_000);

/** Rows of one journey each, drawn with a seed. */
function simulate(count: number, meanLength: number): Paths {
  const { uniform, exponential } = random(1, 'bench', count, meanLength);
  const offsets = new Uint32Array(count + 1);
  const steps = new Uint32Array(count * 53);
  const conversions = new Float64Array(count);
  const nonConversions = new Float64Array(count);
  const revenue = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    let length = 1;
    while (length < 53 && uniform() < 1 - 1 / meanLength) length++;
    for (let s = 0; s < length; s++) steps[at++] = Math.floor(12 * uniform() ** 2);
    offsets[i + 1] = at;
    if (uniform() < 0.04) {
      conversions[i] = 1;
      revenue[i] = 50 * exponential();
    } else nonConversions[i] = 1;
  }
  const channels = Array.from({ length: 12 }, (_, c) => `channel ${String(c + 1).padStart(2, '0')}`);
  return { channels, offsets, steps: steps.slice(0, at), conversions, nonConversions, revenue };
}

function firstRows(paths: Paths, count: number): Paths {
  return {
    channels: paths.channels,
    offsets: paths.offsets.slice(0, count + 1),
    steps: paths.steps.slice(0, paths.offsets[count]),
    conversions: paths.conversions.slice(0, count),
    nonConversions: paths.nonConversions.slice(0, count),
    revenue: paths.revenue.slice(0, count),
  };
}

/** What any model has to do at the least: read every step and every count once. */
function barePass(paths: Paths): Float64Array {
  const touched = new Float64Array(paths.channels.length);
  for (let i = 0; i < pathCount(paths); i++) {
    const count = paths.conversions[i] + paths.nonConversions[i];
    for (let s = paths.offsets[i]; s < paths.offsets[i + 1]; s++) touched[paths.steps[s]] += count;
  }
  return touched;
}

const paths = distinct ? firstRows(mergePaths(simulate(Math.ceil(rows * 1.6), 10)), rows) : simulate(rows, 4);
if (pathCount(paths) < rows) throw new Error(`only ${pathCount(paths)} distinct paths came of this seed`);
const before = peakMemory();
barePass(paths);
const floor = await timed(() => barePass(paths));

const RULES = ['first_touch', 'last_touch', 'last_non_direct', 'linear', 'position_based'] as const;
const lines: [work: string, bar: string, run: () => unknown][] = [
  ['five rule models', '0.5 CPU-s', () => RULES.map((model) => prepareModel(paths, { model })(paths))],
  ['shapley', '', () => prepareModel(paths, { model: 'shapley' })(paths)],
  ['shapley_rate', '', () => prepareModel(paths, { model: 'shapley_rate' })(paths)],
  ...[1, 2, 3].map((order): [string, string, () => unknown] => [
    `markov ${order}, counting and solving`,
    order === 3 ? '2 CPU-s for all three' : '',
    () => solveMarkov(countTransitions(paths, order)),
  ]),
];
const table: string[][] = [
  ['one bare pass over the steps', floor.seconds.toFixed(3), floor.cpuSeconds.toFixed(3), '1', ''],
];
const line = (work: string, bar: string, seconds: number, cpuSeconds: number): void => {
  table.push([work, seconds.toFixed(3), cpuSeconds.toFixed(3), (seconds / floor.seconds).toFixed(1), bar]);
};
for (const [work, bar, run] of lines) {
  const { seconds, cpuSeconds } = await timed(run);
  line(work, bar, seconds, cpuSeconds);
}

const models: ModelRequest[] = [
  ...RULES.map((model) => ({ model })),
  { model: 'shapley' },
  { model: 'markov', order: 1 },
];
const units = await timed(() => resampleUnits(paths));
line('bootstrap: merge paths, make keys', '', units.seconds, units.cpuSeconds);
const draws = await timed(() => bootstrapInWorkers(units.result, models, 1, 200, workers));
line(
  `bootstrap: 200 replicates of 7 models, ${workers} workers`,
  '40 CPU-s, 20 s on 2 idle cores',
  draws.seconds,
  draws.cpuSeconds,
);
const alone = bootstrapDraws(units.result, models, 1, 3).values;
const same = alone.every((value, i) => value === draws.result.values[i]);
if (!same) throw new Error('the replicates of the workers are not those of one thread');

console.log(
  `${pathCount(paths)} rows, ${paths.steps.length} steps, ${pathCount(units.result.paths)} distinct paths, ` +
    `${paths.conversions.reduce((a, b) => a + b, 0)} conversions; first call of each, nothing warmed up`,
);
printTable(['work', 'seconds', 'CPU s', 'x bare pass', 'bar'], table);
console.log(
  `peak memory ${(peakMemory() / 2 ** 20).toFixed(0)} MB, of which ${(before / 2 ** 20).toFixed(0)} MB to make the data`,
);
