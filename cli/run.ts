import { InputError } from '../models/errors.ts';
import { MODELS } from '../pipeline/config.ts';
import { countWords } from '../pipeline/count-words.ts';
import { nearest } from '../pipeline/nearest.ts';
import { RUN_PARTS, type RunOptions, type RunReport, run } from '../pipeline/run.ts';
import { wholeNumberFlag } from './flags.ts';
import { type GlobalOptions, nextCommand, print, printJson, progressLine, say } from './terminal.ts';
import { withWorkspace } from './with-workspace.ts';

/** Builds what new files touched, attributes, checks, publishes. */
export async function runCommand(
  options: GlobalOptions & {
    model?: string;
    only?: string;
    window?: string;
    draws?: string;
    chains?: string;
    seed?: string;
  },
): Promise<void> {
  const models = options.model === undefined ? undefined : modelsOf(options.model);
  const only = options.only === undefined ? undefined : partsOf(options.only);
  const whole = (flag: string, text: string | undefined, least: number): number | undefined =>
    text === undefined ? undefined : wholeNumberFlag(flag, text, least);
  const mix = {
    draws: whole('--draws', options.draws, 20),
    chains: whole('--chains', options.chains, 1),
    seed: whole('--seed', options.seed, 0),
  };
  const clickDays = whole('--window', options.window, 1);
  const progress = progressLine(options);
  let report: RunReport;
  try {
    report = await withWorkspace(options.workspace, (workspace, signal) =>
      run(workspace, { now: new Date(), progress: progress.tell, signal, models, only, clickDays, mix }),
    );
  } finally {
    progress.end();
  }
  if (options.json) printJson({ schema_version: 1, ...report });
  else print(runText(report));
  for (const note of report.mix?.notes ?? []) say(options, `! ${note}`);
  // everything else is published; the shell still has to see that the mix says nothing
  if (report.mix?.code)
    throw new InputError(report.mix.code, `${report.mix.message}. The rest of the run is published`);
  say(options, nextCommand(options, nextOf(report)));
}

/** Where nothing was sold, files come before reports. */
function nextOf({ manifest, mix }: RunReport): string {
  if (manifest.period.from === null) return 'ingest <files>';
  return `report ${mix?.refitted ? 'mix' : 'channels'}`;
}

function partsOf(text: string): RunOptions['only'] {
  return text.split(',').map((part) => {
    const id = RUN_PARTS.find((known) => known === part.trim());
    if (id !== undefined) return id;
    const close = nearest(part.trim(), RUN_PARTS);
    throw new InputError(
      'usage',
      `--only ${part.trim()}: no such part; ${close ? `did you mean ${close}?` : `known are ${RUN_PARTS.join(', ')}`}`,
    );
  });
}

function modelsOf(text: string): RunOptions['models'] {
  if (text === 'all') return [...MODELS];
  const models = text.split(',').map((part) => {
    const id = MODELS.find((model) => model === part.trim());
    if (id !== undefined) return id;
    const close = nearest(part.trim(), MODELS);
    throw new InputError(
      'unknown_name',
      `--model ${part.trim()}: no such model; ${close ? `did you mean ${close}?` : `known are ${MODELS.join(', ')}, all`}`,
    );
  });
  const repeat = models.find((model, i) => models.indexOf(model) < i);
  if (repeat !== undefined) throw new InputError('usage', `--model names ${repeat} twice; name each model once`);
  return models;
}

export function runText({ manifest, built, mix }: RunReport): string {
  const what =
    built.kind === 'none'
      ? 'no new files: everything stands'
      : built.kind === 'incremental'
        ? `${built.conversions} conversions made anew, the rest stands`
        : `${built.conversions} conversions built`;
  const warnings = manifest.checks.filter((check) => check.broken > 0);
  const passed = manifest.checks.length - warnings.length;
  const lines = [
    `${manifest.run} is published: ${what}`,
    `  ${passed} of ${manifest.checks.length} checks hold${warnings.length === 0 ? '' : '; worth a look:'}`,
  ];
  for (const check of warnings) lines.push(`  ! ${check.check}: ${countWords(check.broken, 'row')} (${check.rule})`);
  if (mix?.status === 'ok')
    lines.push(mix.refitted ? '  mix: fitted' : '  mix: nothing it hangs on has changed, the fit stands');
  return lines.join('\n');
}
