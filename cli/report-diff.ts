import { InputError } from '../models/errors.ts';
import { currentRunName } from '../pipeline/current-run.ts';
import { diffRuns, type RunDifference } from '../pipeline/diff-runs.ts';
import type { Manifest } from '../pipeline/publish.ts';
import { openResults } from '../pipeline/results.ts';
import { publishedCell } from '../pipeline/table.ts';
import type { Workspace } from '../pipeline/workspace.ts';
import { type GlobalOptions, print, printJson, textTable } from './terminal.ts';

/** What changed from one published run to another: why, and how much. The second is the current run when absent. */
export async function printDifference(
  { paths }: Workspace,
  runs: readonly string[],
  options: GlobalOptions,
): Promise<void> {
  if (runs.length < 1 || runs.length > 2)
    throw new InputError(
      'usage',
      `report diff was given ${runs.length} runs; give the earlier one, and the later one unless it is the current; "liftproof report runs" lists them`,
    );
  const from = await openResults(paths, runs[0]);
  try {
    const to = await openResults(paths, runs[1] ?? currentRunName(paths));
    try {
      const difference = await diffRuns(from, to);
      if (options.json) printJson({ schema_version: 1, ...difference });
      else print(differenceText(difference, to.manifest));
    } finally {
      to.close();
    }
  } finally {
    from.close();
  }
}

function differenceText({ from, to, changes, model, rows }: RunDifference, manifest: Manifest): string {
  const reasons = (what: string, list: readonly string[]): string =>
    list.length === 0 ? `${what}: the same` : `${what}:\n${list.map((line) => `  ${line}`).join('\n')}`;
  const { currency, currency_exponent: exponent } = manifest;
  const unit = (metric: string): string => (metric === 'conversions' ? metric : `${metric}, ${currency}`);
  const shown = (metric: string, value: string | null): string =>
    publishedCell(value, {
      id: metric,
      label: metric,
      type: 'decimal',
      scale: metric === 'conversions' ? 1 : exponent,
    }) ?? '–';
  const text = (id: string, label: string) => ({ id, label, type: 'text' as const });
  const body = rows.map(({ channel, metric, old, new: fresh, delta }) => [
    channel ?? 'Total',
    unit(metric),
    shown(metric, old),
    shown(metric, fresh),
    shown(metric, delta),
  ]);
  return [
    `From ${from} to ${to} · model ${model}`,
    reasons('Data', changes.data),
    reasons('Method', changes.method),
    rows.length === 0
      ? 'No number differs.'
      : textTable({
          columns: [
            text('channel', 'Channel'),
            text('metric', 'Metric'),
            text('old', 'Before'),
            text('new', 'After'),
            text('delta', 'Difference'),
          ],
          rows: body,
          totals: null,
        }),
  ].join('\n\n');
}
