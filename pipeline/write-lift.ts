import type { Estimate } from '../models/estimate.ts';
import { sqlFile, sqlFiles } from './sql-files.ts';
import type { Claim, EstimateRow, SeriesRow, WeightRow } from './studies/claim.ts';
import type { Words } from './studies/put-in-words.ts';
import { quoteText, type Warehouse } from './warehouse.ts';

/** A claim with all that is published of it. */
export interface PublishedClaim {
  claim: Claim;
  words: Words;
  spend: number | null;
  lookedAt: number;
  qValue: number | null;
  shrunken: number | null;
}

/** Writes `result.lift_*` anew. Numbers are quantised here, so that published bytes do not hang on the last bit of a double. */
export async function writeLift(warehouse: Warehouse, claims: readonly PublishedClaim[]): Promise<void> {
  for (const name of sqlFiles('table/result').filter((table) => table.startsWith('lift_'))) {
    await warehouse.run(`drop table if exists result.${name}`);
    await warehouse.run(sqlFile(`table/result/${name}`));
  }
  await insert(warehouse, 'lift_study', claims.map(studyRow));
  const of = <T>(
    rows: (claim: Claim) => readonly T[],
    cells: (id: string, row: T, position: number) => string[],
  ): string[] =>
    claims.flatMap(({ claim }) => rows(claim).map((row, i) => `(${cells(claim.head.studyId, row, i).join(', ')})`));
  await insert(
    warehouse,
    'lift_estimate',
    of((claim) => claim.measured?.estimates ?? [], estimateCells),
  );
  await insert(
    warehouse,
    'lift_series',
    of((claim) => claim.measured?.series ?? [], seriesCells),
  );
  await insert(
    warehouse,
    'lift_weight',
    of((claim) => claim.measured?.weights ?? [], weightCells),
  );
  await insert(
    warehouse,
    'lift_unit',
    of(
      (claim) => claim.measured?.units ?? [],
      (id, { name, arm }) => [text(id), text(name), text(arm)],
    ),
  );
  await insert(
    warehouse,
    'lift_placebo',
    of(
      (claim) => claim.measured?.placebos ?? [],
      (id, { method, effect }, draw) => [text(id), text(method), String(draw + 1), fixed(effect, 6)],
    ),
  );
  await insert(
    warehouse,
    'lift_power',
    of(
      (claim) => claim.measured?.power ?? [],
      (id, { method, effect, power }) => [text(id), text(method), fixed(effect, 6), fixed(power, 9)],
    ),
  );
  await insert(
    warehouse,
    'lift_gate',
    of(
      (claim) => (claim.measured?.gates ?? []).filter(({ verdict }) => verdict !== 'not_applicable'),
      (id, gate) => [
        text(id),
        String(gate.number),
        text(gate.gate),
        String(gate.blocking),
        text(gate.verdict),
        fixed(gate.value, 9),
        text(compact(gate.threshold)),
        text(gate.cap),
        text(gate.sentence),
      ],
    ),
  );
}

function studyRow({ claim, words, spend, lookedAt, qValue, shrunken }: PublishedClaim): string {
  const { head, measured, reason } = claim;
  const estimate = measured?.estimate ?? null;
  const spread =
    measured === null
      ? []
      : measured.estimates.flatMap(({ value }) => (value === null ? [] : [value])).sort((a, b) => a - b);
  const cells = [
    text(head.studyId),
    text(head.study),
    text(head.kind),
    text(head.question),
    text(head.claim),
    String(head.isRegistered),
    text(head.outcome),
    text(head.unit),
    text(head.driver),
    text(head.geos === null ? null : head.geos.join(',')),
    day(head.start),
    day(head.end),
    day(measured?.preStart ?? null),
    text(measured?.design ?? null),
    text(head.method),
    ...valueCells(estimate),
    fixed(estimate?.standardError, 6),
    fixed(head.level, 6),
    fixed(measured?.relative?.value, 9),
    fixed(measured?.relative?.lo, 9),
    fixed(measured?.relative?.hi, 9),
    fixed(estimate?.pValue, 9),
    fixed(words.probability, 9),
    text(measured?.graded.grade ?? 'X'),
    text(measured?.graded.ceiling ?? null),
    text(words.word),
    text(words.sentence),
    measured === null ? 'null' : String(measured.graded.passed),
    measured === null ? 'null' : String(measured.graded.ran),
    fixed(spread[0], 6),
    fixed(spread.length === 0 ? null : median(spread), 6),
    fixed(spread.at(-1), 6),
    fixed(spend, 6),
    ...valueCells(words.iroas),
    fixed(words.breakEven, 6),
    text(words.paysSentence),
    fixed(words.factor?.value, 9),
    fixed(words.factor?.interval?.lo, 9),
    fixed(words.factor?.interval?.hi, 9),
    fixed(measured?.mde, 6),
    text(words.nextTest),
    String(lookedAt),
    fixed(qValue, 9),
    fixed(shrunken, 6),
    measured === null ? 'null' : String(measured.treatedUnits),
    measured === null ? 'null' : String(measured.controlUnits),
    measured === null ? 'null' : String(measured.periods),
    text(reason),
  ];
  return `(${cells.join(', ')})`;
}

function valueCells(estimate: Estimate | null): string[] {
  return [fixed(estimate?.value, 6), fixed(estimate?.interval?.lo, 6), fixed(estimate?.interval?.hi, 6)];
}

function estimateCells(id: string, row: EstimateRow, position: number): string[] {
  return [
    text(id),
    text(row.method),
    String(position === 0),
    fixed(row.value, 6),
    fixed(row.lo, 6),
    fixed(row.hi, 6),
    fixed(row.level, 6),
    fixed(row.standardError, 6),
    fixed(row.pValue, 9),
    fixed(row.relative, 9),
    text(compact(row.diagnostics)),
  ];
}

function seriesCells(id: string, row: SeriesRow): string[] {
  return [
    text(id),
    text(row.method),
    day(row.period),
    fixed(row.actual, 6),
    fixed(row.counterfactual, 6),
    fixed(row.lo, 6),
    fixed(row.hi, 6),
    fixed(row.cumulative, 6),
    String(row.isTreated),
  ];
}

function weightCells(id: string, row: WeightRow): string[] {
  return [text(id), text(row.method), text(row.kind), text(row.name), fixed(row.weight, 9)];
}

function median(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** JSON with six significant digits, which the same arithmetic on another machine still gives. */
function compact(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'number') return Number.isFinite(part) ? Number(part.toPrecision(6)) : null;
    if (ArrayBuffer.isView(part)) return Array.from(part as Float64Array);
    return part;
  });
}

async function insert(warehouse: Warehouse, table: string, rows: readonly string[]): Promise<void> {
  for (let from = 0; from < rows.length; from += 500) {
    await warehouse.run(`insert into result.${table} values ${rows.slice(from, from + 500).join(', ')}`);
  }
}

function text(value: string | null): string {
  return value === null ? 'null' : `'${quoteText(value)}'`;
}

function day(value: string | null): string {
  return value === null ? 'null' : `date '${value}'`;
}

function fixed(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'null';
  const out = value.toFixed(digits);
  return Number(out) === 0 ? '0' : out;
}
