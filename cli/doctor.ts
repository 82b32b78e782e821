import { resolve } from 'node:path';
import { examineControl } from '../pipeline/control/examine-control.ts';
import { examine, rebuildFromLanding } from '../pipeline/doctor.ts';
import { type GlobalOptions, nextCommand, print, printJson, progressLine, say } from './terminal.ts';

/** Looks the workspace over; with --repair, makes a damaged warehouse again from landing/. */
export async function doctorCommand(options: GlobalOptions & { repair?: boolean; home?: string }): Promise<void> {
  if (options.repair) {
    const progress = progressLine(options);
    const files = await rebuildFromLanding(options.workspace, progress.tell);
    progress.end();
    say(options, `The warehouse was made again from ${files} landed files. ${nextCommand(options, 'run')}`);
  }
  const findings = await examine(options.workspace);
  findings.push(...(await examineControl({ workspace: resolve(options.workspace), home: options.home })));
  if (options.json) printJson({ schema_version: 1, findings });
  else {
    for (const { check, state, finding, advice } of findings) {
      print(
        `${state === 'ok' ? 'ok  ' : state === 'warn' ? 'warn' : 'BAD '}  ${check.padEnd(16)}  ${finding}${advice ? `\n      → ${advice}` : ''}`,
      );
    }
  }
  if (findings.some((finding) => finding.state === 'bad')) process.exitCode = 8;
}
