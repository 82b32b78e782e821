import { existsSync, readFileSync } from 'node:fs';
import type { Panel, Treatment } from '../../../models/panel.ts';

const shared = new URL('../../../../shared/reference/golden/', import.meta.url);

/** Reference values live beside the repository; tests that read them skip where they are absent. */
export const hasGolden = existsSync(shared);

export function golden(name: string): ReturnType<typeof JSON.parse> {
  return JSON.parse(readFileSync(new URL(`lift/${name}.json`, shared), 'utf8'));
}

/** A long CSV (one row per unit and period) as a panel, units and periods in order of appearance. */
export function readPanel(file: string, unit: string, period: string, outcome: string): Panel {
  const [head, ...lines] = readFileSync(new URL(`data/${file}`, shared), 'utf8')
    .trim()
    .split(/\r?\n/);
  const names = head.split(',').map((name) => name.replaceAll('"', ''));
  const cells = lines.map((line) => line.split(',').map((cell) => cell.replaceAll('"', '')));
  const [u, p, y] = [unit, period, outcome].map((name) => names.indexOf(name));
  const units = [...new Set(cells.map((row) => row[u]))];
  const periods = [...new Set(cells.map((row) => row[p]))];
  const unitAt = new Map(units.map((name, i) => [name, i]));
  const periodAt = new Map(periods.map((name, i) => [name, i]));
  const values = new Float64Array(units.length * periods.length).fill(Number.NaN);
  for (const row of cells) values[unitAt.get(row[u])! * periods.length + periodAt.get(row[p])!] = Number(row[y]);
  return { units, periods, outcome: values, covariates: {} };
}

function treat(panel: Panel, units: readonly string[], from: string): Treatment {
  const start = panel.periods.indexOf(from);
  return { firstTreated: new Map(units.map((unit) => [unit, start])) };
}

export function california(): { panel: Panel; treatment: Treatment } {
  const panel = readPanel('california_prop99.csv', 'State', 'Year', 'PacksPerCapita');
  return { panel, treatment: treat(panel, ['California'], '1989') };
}

export function geos(): { panel: Panel; treatment: Treatment } {
  const panel = readPanel('panel_200x180.csv', 'geo', 'day', 'y');
  return { panel, treatment: treat(panel, panel.units.slice(180), '151') };
}
