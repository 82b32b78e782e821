import { InputError } from '../models/errors.ts';
import { openControl } from '../pipeline/control/open-control.ts';
import { countWords } from '../pipeline/count-words.ts';
import { exportRoi, ROI_FORMATS, type RoiFormat } from '../pipeline/export-roi.ts';
import { EXPORT_FORMATS, type ExportedTable, exportTable } from '../pipeline/export-table.ts';
import { hasControl } from '../pipeline/finance/has-control.ts';
import { reportedPeriod } from '../pipeline/finance/periods.ts';
import { openResults, type Results } from '../pipeline/results.ts';
import { publishedPeriods } from '../pipeline/roi-table.ts';
import { findWorkspace } from '../pipeline/workspace.ts';
import { knownFlag, listFlag } from './flags.ts';
import { basisOf } from './period.ts';
import { type GlobalOptions, print, printJson, say } from './terminal.ts';

interface ExportOptions extends GlobalOptions {
  period?: string;
  run?: string;
  format?: string;
  out?: string;
  basis?: string;
  home?: string;
}

/**
 * Writes the finance pack of a period. A locked period gives the files that were locked, byte for byte; without a control store
 * every period is open.
 */
export async function exportCommand(what: string, options: ExportOptions): Promise<void> {
  if (what !== 'roi') return exportPublished(what, options);
  const formats = formatsOf(options.format);
  const basis = basisOf(options.basis);
  const workspace = findWorkspace(options.workspace);
  const current = await openResults(workspace.paths, options.run);
  let pinned: Results | undefined;
  try {
    const period = options.period ?? (await newestPeriod(current));
    const place = { workspace: workspace.directory, home: options.home };
    const found = hasControl(place) ? await stored() : undefined;
    if (found?.run !== undefined && found.run !== current.manifest.run) {
      if (options.run !== undefined)
        throw new InputError('locked', `${period} is locked to ${found.run}; leave out --run, or reopen it`);
      pinned = await openResults(workspace.paths, found.run);
    }
    const pack = await exportRoi(pinned ?? current, options.out ?? '.', {
      period,
      basis: found?.basis ?? basis,
      formats,
      reported: found?.reported,
      locked: found?.files,
    });
    if (options.json) printJson(pack.manifest);
    else {
      const { state, version, run, control_totals: totals, currency } = pack.manifest;
      print(
        [
          `${period}: ${state}, ${state === 'locked' ? '' : 'a draft of '}version ${version}, ${run}`,
          `  net revenue ${totals.revenue_net} ${currency}, spend ${totals.spend_total} ${currency}`,
          ...pack.manifest.files.map((file) => `  ${file.sha256}  ${file.name}`),
        ].join('\n'),
      );
    }
    say(options, `The manifest beside them lists totals and hashes: ${options.out ?? '.'}/manifest.json`);

    async function stored() {
      const control = await openControl(place);
      try {
        return await reportedPeriod(control.db, workspace.config.workspace, period, current, basis);
      } finally {
        await control.close();
      }
    }
  } finally {
    pinned?.close();
    current.close();
  }
}

/** A published table as it is, whole. */
async function exportPublished(table: string, options: ExportOptions): Promise<void> {
  if (options.period !== undefined || options.basis !== undefined)
    throw new InputError('usage', `--period and --basis are of "export roi"; ${table} is exported as it was published`);
  const formats = listFlag('--format', options.format ?? 'csv').map((name) =>
    knownFlag('--format', name, EXPORT_FORMATS),
  );
  const results = await openResults(findWorkspace(options.workspace).paths, options.run);
  try {
    const files: ExportedTable[] = [];
    for (const format of formats) files.push(await exportTable(results, table, format, options.out ?? '.'));
    if (options.json) printJson({ schema_version: 1, run: results.manifest.run, files });
    else for (const file of files) print(`${file.sha256}  ${file.name}  ${countWords(file.rows, 'row')}`);
  } finally {
    results.close();
  }
}

function formatsOf(text: string | undefined): RoiFormat[] {
  return listFlag('--format', text ?? ROI_FORMATS.join(',')).map((name) => knownFlag('--format', name, ROI_FORMATS));
}

/** The last period that the run has orders or spend in. */
async function newestPeriod(results: Results): Promise<string> {
  const rows = await results.rows<{ period: string }>(
    `select period from roi where row_type = 'total' and (orders <> 0 or spend_media <> 0) order by period_start desc limit 1`,
  );
  const period = rows[0]?.period ?? (await publishedPeriods(results)).at(-1)?.period;
  if (period === undefined)
    throw new InputError('not_found', `${results.manifest.run} has no period; say one with --period`);
  return period;
}
