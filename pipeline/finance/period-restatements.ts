import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Manifest } from '../publish.ts';
import { openResults, type Results } from '../results.ts';
import { roiTable } from '../roi-table.ts';
import type { Basis, PeriodRow } from './period-store.ts';
import { dataReason, differences, type ReasonCode, type RestatementLine, reasonOf } from './restate.ts';
import type { RoiLine } from './roi-line.ts';

interface RestatementContext {
  basis: Basis;
  adjustments: readonly RoiLine[];
  reasonCode: ReasonCode | undefined;
  actor: string;
  at: string;
}

/**
 * What changed between the reported lines and those of now, run by run, so that a change of method and a change of data stand on
 * lines of their own. Where one run changed both, its lines say so.
 */
export async function restatements(
  results: Results,
  row: PeriodRow,
  reported: readonly RoiLine[],
  lines: readonly RoiLine[],
  context: RestatementContext,
): Promise<RestatementLine[]> {
  const about = { actor: context.actor, approver: row.reopenApprovedBy, at: context.at, period: row.period };
  const root = dirname(results.folder);
  const runs = runsBetween(root, row.runId, results.manifest);
  const turns = runs.flatMap((run, i) =>
    i > 0 && reasonOf(methodOf(runs[i - 1]), methodOf(run)).kind === 'method' ? [i] : [],
  );
  const out: RestatementLine[] = [];
  let before = reported;
  const data = (after: readonly RoiLine[], evidence: string): void => {
    const found = differences(before, after, { ...about, kind: 'data', reasonCode: 'late_data', evidence });
    const reasonCode = context.reasonCode ?? dataReason(found);
    out.push(...found.map((one) => ({ ...one, reasonCode })));
    before = after;
  };
  for (const turn of turns) {
    const [last, first] = [runs[turn - 1], runs[turn]];
    if (last.run !== row.runId) data(await linesOf(root, last, row.period, context), `${row.runId} to ${last.run}`);
    const after = first.run === results.manifest.run ? lines : await linesOf(root, first, row.period, context);
    const { kind, reasonCode } = reasonOf(methodOf(last), methodOf(first));
    const isMixed = inputsOf(last) !== inputsOf(first);
    const evidence = `${last.run} to ${first.run}${isMixed ? '; data changed in the same run' : ''}`;
    out.push(...differences(before, after, { ...about, kind, reasonCode, evidence }));
    before = after;
  }
  data(lines, `${runs[turns.at(-1) ?? 0]?.run ?? row.runId} to ${results.manifest.run}`);
  return out;
}

async function linesOf(
  root: string,
  manifest: Manifest,
  period: string,
  context: RestatementContext,
): Promise<RoiLine[]> {
  const results = await openResults({ results: root }, manifest.run);
  try {
    return (await roiTable(results, { period, basis: context.basis, adjustments: context.adjustments })).lines;
  } finally {
    results.close();
  }
}

/** Published runs from the pinned one to this one, oldest first, as far as they are still kept and know finance. */
function runsBetween(root: string, from: string | null, to: Manifest): Manifest[] {
  const all = readdirSync(root)
    .filter((name) => name.startsWith('run_') && existsSync(join(root, name, 'manifest.json')))
    .map((name) => JSON.parse(readFileSync(join(root, name, 'manifest.json'), 'utf8')) as Manifest)
    .filter((manifest) => manifest.files.some((file) => file.name === 'roi.parquet'))
    .sort((a, b) => (a.made_at === b.made_at ? (a.run < b.run ? -1 : 1) : a.made_at < b.made_at ? -1 : 1));
  const start = all.findIndex((manifest) => manifest.run === from);
  const end = all.findIndex((manifest) => manifest.run === to.run);
  return start < 0 || end < start ? [to] : all.slice(start, end + 1);
}

function methodOf(manifest: Manifest) {
  return {
    version: manifest.version,
    settings_hash: manifest.settings_hash,
    rules_version: manifest.rules_version,
    model: manifest.finance?.model ?? manifest.default_model,
  };
}

function inputsOf(manifest: Manifest): string {
  return JSON.stringify(manifest.inputs.map((input) => input.batch_id));
}
