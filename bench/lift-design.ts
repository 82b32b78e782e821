/**
 * Choosing geos by simulated power, against GeoLift 2.7.5 `GeoLiftMarketSelection`: CPU seconds here, seconds of the package as measured
 * on a 2-core machine with R 4.2.2, one thread, start-up excluded.
 *
 *     tsx bench/lift-design.ts
 *
 * One simulation is one candidate set x one duration x one past window x one planted effect, read by a test at a level. The package reads
 * with a permutation of residuals; here candidates are screened with a shared placebo reference, and the best ten are read again with
 * the very test of the result (de-meaned synthetic control, refined placebo, 199 sets).
 */
import { geoDesign } from '../models/lift/design-geo.ts';
import { placeboReadOut, screeningReadOut } from '../models/lift/geo-read-out.ts';
import { random } from '../models/numeric/random.ts';
import type { Panel } from '../models/panel.ts';
import { printTable, timed } from './harness.ts';

function history(geos: number, periods: number): Panel {
  const draw = random(1, 'bench design', geos);
  const paths = Array.from({ length: 3 }, () => {
    const path = new Float64Array(periods);
    for (let t = 0; t < periods; t++) path[t] = 0.8 * (path[t - 1] ?? 0) + draw.normal();
    return path;
  });
  const outcome = new Float64Array(geos * periods);
  for (let u = 0; u < geos; u++) {
    const level = 200 + 100 * draw.uniform();
    const loads = paths.map(() => 5 * draw.uniform());
    for (let t = 0; t < periods; t++) {
      outcome[u * periods + t] =
        level + paths.reduce((sum, path, f) => sum + loads[f] * path[t], 0) + 3 * draw.normal();
    }
  }
  return {
    units: Array.from({ length: geos }, (_, u) => `g${String(u).padStart(3, '0')}`),
    periods: Array.from({ length: periods }, (_, t) => `d${String(t).padStart(3, '0')}`),
    outcome,
    covariates: {},
  };
}

const lines = [
  {
    geos: 40,
    periods: 90,
    sizes: [2, 3, 4, 5],
    duration: 15,
    effects: [0.05, 0.1, 0.15, 0.2, 0.25],
    peer: 56.0,
    simulations: 726,
  },
  {
    geos: 200,
    periods: 150,
    sizes: [10],
    duration: 15,
    effects: [0.05, 0.1, 0.15, 0.2],
    peer: 169.6,
    simulations: 990,
  },
];
const table: string[][] = [];
let slow = false;
for (const line of lines) {
  const panel = history(line.geos, line.periods);
  const run = () =>
    geoDesign(panel, {
      readOut: placeboReadOut({ seed: 1 }),
      screen: screeningReadOut({ seed: 1 }),
      sizes: line.sizes,
      durations: [line.duration],
      effects: line.effects,
      windows: 1,
      target: 0.25,
    });
  const { cpuSeconds, result } = await timed(run);
  const simulations = result.designs.length * (line.effects.length + 1) + 10 * (line.effects.length + 1);
  const perSimulation = line.peer / line.simulations / (cpuSeconds / simulations);
  if (perSimulation < 20) slow = true;
  table.push([
    `${line.geos} geos x ${line.periods} days`,
    String(simulations),
    cpuSeconds.toFixed(2),
    String(line.simulations),
    line.peer.toFixed(1),
    `${perSimulation.toFixed(0)} x`,
  ]);
}
printTable(['geo selection', 'simulations', 'CPU s', 'R simulations', 'R s', 'faster per simulation'], table);
if (slow) process.exitCode = 1;
