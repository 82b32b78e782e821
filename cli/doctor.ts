import { resolve } from 'node:path';
import { examineControl } from '../pipeline/control/examine-control.ts';
import { examine, rebuildFromLanding } from '../pipeline/doctor.ts';
import { settingSources } from '../pipeline/setting-sources.ts';
import { writeSupportBundle } from '../pipeline/support-bundle.ts';
import { findWorkspace } from '../pipeline/workspace.ts';
import { type GlobalOptions, nextCommand, print, printJson, progressLine, say } from './terminal.ts';

/**
 * Looks the workspace over; with --repair, makes a damaged warehouse again from landing/; with --bundle, writes what somebody who helps needs
 * to see.
 */
export async function doctorCommand(
  options: GlobalOptions & { repair?: boolean; home?: string; bundle?: string },
): Promise<void> {
  if (options.repair) {
    const progress = progressLine(options);
    const files = await rebuildFromLanding(options.workspace, progress.tell);
    progress.end();
    say(options, `The warehouse was made again from ${files} landed files. ${nextCommand(options, 'run')}`);
  }
  const findings = await examine(options.workspace);
  findings.push(...(await examineControl({ workspace: resolve(options.workspace), home: options.home })));
  const workspace = findWorkspace(options.workspace);
  if (options.json) printJson({ schema_version: 1, findings, settings: settingSources(workspace) });
  else {
    for (const { check, state, finding, advice } of findings) {
      print(
        `${state === 'ok' ? 'ok  ' : state === 'warn' ? 'warn' : 'BAD '}  ${check.padEnd(16)}  ${finding}${advice ? `\n      → ${advice}` : ''}`,
      );
    }
  }
  if (options.bundle !== undefined) {
    writeSupportBundle(options.bundle, workspace, findings, new Date());
    say(
      options,
      `Wrote ${options.bundle}: versions, these findings, settings and manifests. No row of the data is in it; read it before you send it.`,
    );
  }
  if (findings.some((finding) => finding.state === 'bad')) process.exitCode = 8;
}
