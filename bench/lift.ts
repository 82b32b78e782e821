/**
 * Lift against the R packages: CPU seconds here, seconds of the package as measured on a 2-core machine with R 4.2.2, reference BLAS,
 * one thread, start-up excluded (synthdid 0.0.9, augsynth 0.2.0, GeoLift 2.7.5, did 2.1.2).
 *
 *     tsx bench/lift.ts [folder with california_prop99.csv, panel_200x180.csv and mpdta.csv]
 *
 * With the folder the panels are the ones the packages ran on, and each estimate is checked against theirs; without it, panels of the
 * same shape are simulated. CPU seconds, because they do not depend on what else the machine is doing.
 */
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { augmentedSyntheticControl } from '../models/lift/augmented.ts';
import { block, rows } from '../models/lift/block.ts';
import { conformal } from '../models/lift/conformal.ts';
import { groupTimeEffects } from '../models/lift/group-time.ts';
import { aggregateGroupTime } from '../models/lift/group-time-aggregate.ts';
import { jackknifePlus } from '../models/lift/jackknife-plus.ts';
import { type PanelView, panelView } from '../models/lift/panel-view.ts';
import { placeboTable, studentisedPlacebo } from '../models/lift/placebo.ts';
import { refinedPlacebo, refinedPlaceboTable } from '../models/lift/placebo-refined.ts';
import { placeboSets } from '../models/lift/placebo-sets.ts';
import { syntheticControl, syntheticControlFitter } from '../models/lift/synthetic-control.ts';
import { syntheticDid, syntheticDidFitter } from '../models/lift/synthetic-did.ts';
import { syntheticDidInference, syntheticDidReplicates } from '../models/lift/synthetic-did-errors.ts';
import { random } from '../models/numeric/random.ts';
import type { Panel, Treatment } from '../models/panel.ts';
import { printTable, timed } from './harness.ts';
import { readPanelFile } from './studies/panel-file.ts';

interface Line {
  work: string;
  /** seconds of the package; null where none does this */
  peer: number | null;
  run: () => number;
  /** what the package found, to be met within `within` of it, relative */
  expected?: number;
  within?: number;
  /** times the speed that has to be reached */
  bar?: number;
}

const folder = process.argv[2];
const has = (name: string): boolean => folder !== undefined && existsSync(join(folder, name));

function simulated(units: number, treated: number, pre: number, post: number): { panel: Panel; treatment: Treatment } {
  const draw = random(1, 'bench', units, pre);
  const length = pre + post;
  const factors = Array.from({ length: 3 }, () => {
    const path = new Float64Array(length);
    for (let t = 0; t < length; t++) path[t] = 0.8 * (path[t - 1] ?? 0) + draw.normal();
    return path;
  });
  const outcome = new Float64Array(units * length);
  for (let u = 0; u < units; u++) {
    const level = 200 + 100 * draw.uniform();
    const loads = factors.map(() => 5 * draw.uniform());
    for (let t = 0; t < length; t++) {
      const common = factors.reduce((sum, path, k) => sum + loads[k] * path[t], 0);
      outcome[u * length + t] = level + common + 3 * draw.normal() + (u >= units - treated && t >= pre ? 10 : 0);
    }
  }
  const names = Array.from({ length: units }, (_, u) => `u${String(u).padStart(4, '0')}`);
  const periods = Array.from({ length }, (_, t) => `t${String(t).padStart(4, '0')}`);
  const firstTreated = new Map(names.slice(units - treated).map((name) => [name, pre]));
  return { panel: { units: names, periods, outcome, covariates: {} }, treatment: { firstTreated } };
}

function states(): PanelView {
  if (!has('california_prop99.csv')) {
    const { panel, treatment } = simulated(39, 1, 19, 12);
    return panelView(panel, treatment);
  }
  const panel = readPanelFile(join(folder!, 'california_prop99.csv'), 'State', 'Year', 'PacksPerCapita');
  return panelView(panel, { firstTreated: new Map([['California', panel.periods.indexOf('1989')]]) });
}

function markets(): { panel: Panel; treatment: Treatment } {
  if (!has('panel_200x180.csv')) return simulated(200, 20, 150, 30);
  const panel = readPanelFile(join(folder!, 'panel_200x180.csv'), 'geo', 'day', 'y');
  return { panel, treatment: { firstTreated: new Map(panel.units.slice(180).map((unit) => [unit, 150])) } };
}

function counties(): { panel: Panel; treatment: Treatment } {
  if (!has('mpdta.csv')) {
    const { panel } = simulated(500, 1, 3, 2);
    const starts = panel.units.slice(0, 190).map((unit, u): [string, number] => [unit, u < 20 ? 1 : u < 60 ? 3 : 4]);
    return { panel, treatment: { firstTreated: new Map(starts) } };
  }
  const panel = readPanelFile(join(folder!, 'mpdta.csv'), 'countyreal', 'year', 'lemp');
  const starts = readPanelFile(join(folder!, 'mpdta.csv'), 'countyreal', 'year', 'first.treat');
  const firstTreated = new Map<string, number>();
  panel.units.forEach((unit, u) => {
    const year = starts.outcome[u * starts.periods.length];
    if (year > 0) firstTreated.set(unit, panel.periods.indexOf(String(year)));
  });
  return { panel, treatment: { firstTreated } };
}

const small = states();
const big = markets();
const wide = panelView(big.panel, big.treatment);
const middle = simulated(50, 2, 90, 15);
const medium = panelView(middle.panel, middle.treatment);
const rises = counties();
const real = (value: number, name: string): number | undefined => (has(name) ? value : undefined);

function placebos(view: PanelView, count: number): number {
  const fitter = syntheticDidFitter(view);
  const fit = fitter.fit(rows(0, view.controls), rows(view.controls, view.units.length));
  const replicates = syntheticDidReplicates(view, fitter, fit, 'placebo', count, 1)!;
  if (!replicates.exhaustive) return syntheticDidInference(view, fit, replicates, replicates.run(), 0.9).standardError!;
  // fewer sets exist than the package draws: go round them again, so that the same number of fits is timed
  for (let done = 0; done < count; done += replicates.count)
    replicates.run(0, Math.min(replicates.count, count - done));
  return syntheticDidInference(view, fit, replicates, replicates.run(), 0.9).standardError!;
}

function mean(view: PanelView, ridge?: number): number {
  const effect = syntheticControl(view).effect;
  const { interval } = conformal(view, effect, { level: 0.9, ridge });
  return interval?.lo ?? Number.NaN;
}

/** All four averages with their analytic errors, as the package was timed: without a bootstrap. */
function averages({ panel, treatment }: { panel: Panel; treatment: Treatment }): { simple: number; dynamic: number } {
  const effects = groupTimeEffects(panel, treatment);
  const [simple, dynamic] = (['simple', 'dynamic', 'group', 'calendar'] as const).map((kind) =>
    aggregateGroupTime(effects, kind),
  );
  return { simple: simple.overall.effect, dynamic: dynamic.overall.effect };
}

const lines: Line[] = [
  {
    work: 'synthetic DiD fit, 39 x 31',
    peer: 0.225,
    run: () => syntheticDid(small).effect,
    expected: real(-15.605397919568, 'california_prop99.csv'),
    within: 1e-6,
  },
  { work: 'synthetic DiD, 200 placebo fits, 39 x 31', peer: 35.4, run: () => placebos(small, 200), bar: 20 },
  {
    work: 'synthetic DiD fit, 200 x 180',
    peer: 4.052,
    run: () => syntheticDid(wide).effect,
    // the package stops early: 40.569867 against the optimum's 40.573801
    expected: real(40.5698672687, 'panel_200x180.csv'),
    within: 1e-3,
  },
  { work: 'synthetic DiD, 200 placebo fits, 200 x 180', peer: 714.46, run: () => placebos(wide, 200), bar: 20 },
  {
    work: 'ridge ASCM with cross-validation, 50 x 105',
    peer: 2.185,
    run: () => augmentedSyntheticControl(medium, { guard: false }).effect,
    bar: 20,
  },
  {
    work: 'ridge ASCM with cross-validation, 200 x 180',
    peer: 17.015,
    run: () => augmentedSyntheticControl(wide, { guard: false }).effect,
    expected: real(41.8184700802, 'panel_200x180.csv'),
    within: 1e-6,
    bar: 20,
  },
  {
    work: 'ridge ASCM with cross-validation and conformal interval and bands, 200 x 180',
    peer: 17.015 + 78.081,
    run: () => mean(wide, augmentedSyntheticControl(wide, { guard: false }).lambda!),
    bar: 20,
  },
  { work: 'conformal interval and 15 bands, 50 x 105', peer: 18.1, run: () => mean(medium), bar: 20 },
  { work: 'conformal interval and 30 bands, 200 x 180', peer: 58.178, run: () => mean(wide), bar: 20 },
  {
    work: 'jackknife+ interval, 200 x 180',
    peer: 3.94,
    run: () => jackknifePlus(wide, { level: 0.95 }).interval!.lo!,
    expected: real(26.6398367758, 'panel_200x180.csv'),
    within: 1e-6,
  },
  {
    work: 'studentised placebo, 999 sets, 200 x 180',
    peer: null,
    run: () => {
      const table = placeboTable(
        syntheticControlFitter(block(wide, true)),
        placeboSets(180, 20, 999, 1),
        180,
        wide.pre,
      );
      return studentisedPlacebo(syntheticControl(wide), table, wide.post, 0.9).interval!.lo!;
    },
  },
  {
    work: 'refined placebo (default), 999 sets, 200 x 180',
    peer: null,
    run: () => {
      const fitter = syntheticControlFitter(block(wide, true));
      const table = refinedPlaceboTable(fitter, placeboSets(180, 20, 999, 1), 180, rows(180, 200), wide.pre);
      return refinedPlacebo(syntheticControl(wide), table, wide.post, 0.9).interval!.lo!;
    },
  },
  {
    work: 'group-time effects and averages, 500 x 5',
    peer: 0.08,
    run: () => averages(rises).simple,
    expected: real(-0.03995127515518, 'mpdta.csv'),
    within: 1e-8,
  },
  {
    work: 'group-time effects and averages, 200 x 180',
    peer: 1.514,
    run: () => averages(big).dynamic,
    expected: real(37.7274513889, 'panel_200x180.csv'),
    within: 1e-8,
  },
];

let missed = 0;
const table: string[][] = [];
for (const { work, peer, run, expected, within = 0, bar } of lines) {
  run();
  const runs: { cpuSeconds: number; result: number }[] = [];
  for (let i = 0; i < 3; i++) runs.push(await timed(run));
  const { cpuSeconds, result } = runs.sort((a, b) => a.cpuSeconds - b.cpuSeconds)[1];
  const ratio = peer === null ? null : peer / cpuSeconds;
  const close = expected === undefined || Math.abs(result / expected - 1) <= within;
  const slow = bar !== undefined && ratio !== null && ratio < bar;
  if (!close || slow) missed++;
  table.push([
    work,
    peer === null ? '-' : String(peer),
    cpuSeconds.toFixed(4),
    ratio === null ? '-' : ratio.toFixed(ratio < 10 ? 1 : 0),
    bar === undefined ? '' : slow ? `${bar} missed` : String(bar),
    expected === undefined ? '' : close ? 'agrees' : `${result}, not ${expected}`,
  ]);
}
console.log(
  `${cpus()[0].model.trim()}, node ${process.version}, one thread, ${folder ? 'published' : 'simulated'} panels\n`,
);
printTable(['work', 'R, s', 'here, CPU s', 'times faster', 'bar', 'estimate'], table);
if (missed > 0) {
  console.log(`\n${missed} line${missed === 1 ? '' : 's'} below the bar or off the published estimate`);
  process.exitCode = 1;
}
