import { join } from 'node:path';
import { InputError } from '../models/errors.ts';
import { exportAudit, verifyAuditFile } from '../pipeline/control/export-audit.ts';
import { openControl } from '../pipeline/control/open-control.ts';
import { hasControl } from '../pipeline/finance/has-control.ts';
import { findWorkspace } from '../pipeline/workspace.ts';
import { type GlobalOptions, print, printJson, say } from './terminal.ts';

/** Writes who did what, as a file that an auditor checks without the server; exit 8 when a link of the chain does not hold. */
export async function exportAuditCommand(options: GlobalOptions & { out?: string; home?: string }): Promise<void> {
  const workspace = findWorkspace(options.workspace);
  const place = { workspace: workspace.directory, home: options.home };
  if (!hasControl(place))
    throw new InputError(
      'not_found',
      'there is no control store yet, and so no audit: "liftproof serve" or "liftproof key create" makes one',
    );
  const name = `audit_${workspace.config.workspace}.ndjson`;
  const folder = options.out ?? '.';
  const path = join(folder, name);
  const control = await openControl(place);
  try {
    const { rows, sha256, verdict } = await exportAudit(control.db, workspace.config.workspace, path);
    // the file itself is what the auditor gets
    const checked = verdict.isIntact ? verifyAuditFile(path) : verdict;
    if (options.json)
      printJson({
        schema_version: 1,
        file: name,
        rows,
        sha256,
        is_intact: checked.isIntact,
        reason: checked.reason ?? null,
      });
    else print(`${sha256}  ${name}  rows: ${rows}`);
    if (checked.isIntact) say(options, 'Every link of the chain holds.');
    else {
      say(options, `The chain does NOT hold: ${checked.reason}. See "liftproof doctor".`);
      process.exitCode = 8;
    }
  } finally {
    await control.close();
  }
}
