/**
 * The mix model from panel to answers, one worker thread per chain.
 *
 *     npx tsx bench/mix.ts [--workers 2] [--only mmm_example|national|geo]
 *
 * The bar (2 cores): R-hat < 1.01 and bulk and tail ESS >= 400 for every parameter and answer, national 156 weeks x 10
 * channels in at most 3 s, 40 geos x 156 weeks x 7 channels in at most 60 s. Seconds depend on the machine; gradients per
 * effective draw do not.
 */
import { existsSync, readFileSync } from 'node:fs';
import { type MixOptions, prepareMix } from '../models/mix/fit.ts';
import { simulateMarket } from '../models/mix/simulated-market.ts';
import type { MixSpec } from '../models/mix/spec.ts';
import type { Panel } from '../models/panel.ts';
import { sampleInWorkers } from '../pipeline/workers/mix.ts';
import { printTable, timed } from './harness.ts';

interface Problem {
  name: string;
  panel: Panel;
  spec: MixSpec;
  options: MixOptions;
  bar: number | null;
}

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const workers = Number(option('workers') ?? 2);
const only = option('only');

const rows: string[][] = [];
for (const { name, panel, spec, options, bar } of [...example(), national(), byGeo()]) {
  if (only && only !== name.split(' ')[0]) continue;
  const { result, seconds, cpuSeconds } = await timed(async () => {
    const prepared = prepareMix(panel, spec, options);
    return (await sampleInWorkers(prepared, { workers })).result;
  });
  const d = result.diagnostics;
  const ess = Math.min(d.min_ess_bulk, d.min_ess_tail);
  rows.push([
    name,
    String(d.parameters),
    `${d.chains} x (${d.warmup} + ${d.draws})`,
    seconds.toFixed(2),
    cpuSeconds.toFixed(2),
    bar === null ? '' : bar.toFixed(0),
    d.max_rhat.toFixed(4),
    d.min_ess_bulk.toFixed(0),
    d.min_ess_tail.toFixed(0),
    String(d.divergences),
    d.gradients_per_effective_draw.toFixed(1),
    (ess / cpuSeconds).toFixed(0),
  ]);
}
printTable(
  [
    'problem',
    'parameters',
    'draws',
    's',
    'CPU-s',
    'bar s',
    'max R-hat',
    'bulk ESS',
    'tail ESS',
    'divergent',
    'gradients/ESS',
    'ESS/CPU-s',
  ],
  rows,
);

function national(): Problem {
  const market = simulateMarket({ seed: 'bench', weeks: 156, paid: 10 });
  const options = { seed: 1, chains: 4, draws: 600, warmup: 200 };
  return { name: 'national 156 x 10', panel: market.panel, spec: { drivers: market.drivers }, options, bar: 3 };
}

function byGeo(): Problem {
  const market = simulateMarket({ seed: 'bench', geos: 40, weeks: 156, paid: 7 });
  const spec = { drivers: market.drivers, population: market.population };
  const options = { seed: 1, chains: 4, draws: 900, warmup: 200 };
  return { name: 'geo 40 x 156 x 7', panel: market.panel, spec, options, bar: 60 };
}

/** mmm_example.csv of pymc-labs/pymc-marketing (Apache-2.0), where it is at hand. */
function example(): Problem[] {
  const file = new URL('../../shared/reference/golden/data/mmm_example.csv', import.meta.url);
  if (!existsSync(file)) {
    console.log('mmm_example.csv is not at hand; left out');
    return [];
  }
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const cells = lines.map((line) => line.split(','));
  const column = (name: string): Float64Array =>
    Float64Array.from(cells, (row) => Number(row[header.split(',').indexOf(name)]));
  const periods = cells.map((row) => row[0]);
  const when = (name: string): string[] => periods.filter((_, t) => column(name)[t] === 1);
  const media = { adstock: { kind: 'geometric', maxLag: 7 }, saturation: { kind: 'logistic' } } as const;
  const prior = { on: 'contribution', distribution: { family: 'beta', a: 1, b: 3 } } as const;
  return [
    {
      name: 'mmm_example 179 x 2',
      panel: { units: ['all'], periods, outcome: column('y'), covariates: { x1: column('x1'), x2: column('x2') } },
      spec: {
        drivers: [
          { name: 'x1', kind: 'organic', ...media, prior },
          { name: 'x2', kind: 'organic', ...media, prior },
        ],
        trend: { everyWeeks: 52 },
        holidays: ['event_1', 'event_2'].map((name) => ({ name, periods: when(name), sd: 5 })),
      },
      options: { seed: 1, chains: 4, draws: 1000, warmup: 300 },
      bar: null,
    },
  ];
}
