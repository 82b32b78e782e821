/**
 * Bayesian structural time series against CausalImpact 1.3.0 (bsts 0.9.10): CPU seconds here, seconds of the package as measured on a
 * 2-core machine with R 4.2.2, one thread, start-up excluded. The same priors (`compat: 'causalimpact'`) and numbers of iterations.
 *
 *     tsx bench/lift-bsts.ts [folder with causalimpact_synth.csv and causalimpact_large.csv]
 *
 * With the folder the series are the ones the package ran on and the effect is checked against its own; without it, series of the same
 * shape are simulated.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bsts, type InterventionSeries } from '../models/lift/bsts.ts';
import { random } from '../models/numeric/random.ts';
import { printTable, timed } from './harness.ts';

const folder = process.argv[2];

interface Line {
  work: string;
  file: string;
  start: number;
  iterations: number;
  /** seconds and effect of the package */
  peer: number;
  expected: number;
  within: number;
  seasons?: { count: number; duration: number };
}

const lines: Line[] = [
  {
    work: '150 x 3, 1,000 iterations',
    file: 'causalimpact_synth.csv',
    start: 110,
    iterations: 1000,
    peer: 0.531,
    expected: 7.3992,
    within: 0.1,
  },
  {
    work: '150 x 3, 20,000 iterations',
    file: 'causalimpact_synth.csv',
    start: 110,
    iterations: 20000,
    peer: 10.199,
    expected: 7.4074,
    within: 0.05,
  },
  {
    work: '150 x 3, 7 seasons, 5,000 iterations',
    file: 'causalimpact_synth.csv',
    start: 110,
    iterations: 5000,
    peer: 5.547,
    expected: 7.4094,
    within: 0.05,
    seasons: { count: 7, duration: 1 },
  },
  {
    work: '1,000 x 10, 1,000 iterations',
    file: 'causalimpact_large.csv',
    start: 900,
    iterations: 1000,
    peer: 4.117,
    expected: 6.0862,
    within: 0.1,
  },
];

const table: string[][] = [];
let slow = false;
for (const line of lines) {
  const given = folder !== undefined && existsSync(join(folder, line.file));
  const series = given ? read(join(folder, line.file), line.start) : simulate(line);
  const run = () =>
    bsts(series, { iterations: line.iterations, seed: 1, level: 0.95, compat: 'causalimpact', seasons: line.seasons });
  run();
  const timings = [];
  for (let i = 0; i < 3; i++) timings.push(await timed(run));
  const best = timings.reduce((a, b) => (b.cpuSeconds < a.cpuSeconds ? b : a));
  const effect = best.result.estimate.value;
  const right = !given || Math.abs(effect - line.expected) <= line.within;
  const times = line.peer / best.cpuSeconds;
  if (!right || (line.work.startsWith('1,000') && times < 20)) slow = true;
  table.push([
    line.work,
    best.cpuSeconds.toFixed(3),
    line.peer.toFixed(3),
    `${times.toFixed(0)} x`,
    effect.toFixed(3),
    given ? `${line.expected.toFixed(3)} ${right ? 'ok' : 'WRONG'}` : '-',
  ]);
}
printTable(['BSTS', 'CPU s', 'R s', 'faster', 'effect', 'R effect'], table);
if (slow) process.exitCode = 1;

function read(path: string, start: number): InterventionSeries {
  const [head, ...rows] = readFileSync(path, 'utf8').trim().split('\n');
  const cells = rows.map((row) => row.split(',').map(Number));
  const column = (name: string): Float64Array => Float64Array.from(cells, (row) => row[head.split(',').indexOf(name)]);
  const names = head.split(',').filter((name) => name.startsWith('x'));
  return { outcome: column('y'), covariates: Object.fromEntries(names.map((name) => [name, column(name)])), start };
}

function simulate({ file, start }: Line): InterventionSeries {
  const [periods, columns] = file.includes('large') ? [1000, 10] : [150, 3];
  const draw = random(1, 'bench bsts', periods);
  const covariates: Record<string, Float64Array> = {};
  for (let j = 1; j <= columns; j++) {
    covariates[`x${j}`] = Float64Array.from({ length: periods }, () => 100 + 5 * draw.normal());
  }
  const outcome = Float64Array.from(
    { length: periods },
    (_, t) => 1.2 * covariates.x1[t] + 0.4 * covariates.x2[t] + draw.normal() + (t >= start ? 8 : 0),
  );
  return { outcome, covariates, start };
}
