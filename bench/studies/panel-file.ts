import { readFileSync } from 'node:fs';
import type { Panel } from '../../models/panel.ts';

/** A long CSV (one row per unit and period, no quoted commas) as a panel; units in order of appearance, periods sorted. */
export function readPanelFile(file: string, unit: string, period: string, outcome: string): Panel {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const split = (line: string): string[] => line.split(',').map((cell) => cell.replaceAll('"', ''));
  const names = split(head);
  const columns = [unit, period, outcome].map((name) => names.indexOf(name));
  if (columns.includes(-1)) throw new Error(`${file}: needs the columns ${unit}, ${period}, ${outcome}`);
  const [u, p, y] = columns;
  const cells = lines.map(split);
  const units = [...new Set(cells.map((row) => row[u]))];
  const periods = [...new Set(cells.map((row) => row[p]))];
  // days written as plain numbers sort as numbers
  periods.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  const unitAt = new Map(units.map((name, i) => [name, i]));
  const periodAt = new Map(periods.map((name, i) => [name, i]));
  const values = new Float64Array(units.length * periods.length).fill(Number.NaN);
  for (const row of cells) values[unitAt.get(row[u])! * periods.length + periodAt.get(row[p])!] = Number(row[y]);
  return { units, periods, outcome: values, covariates: {} };
}
