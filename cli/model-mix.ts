import { InputError } from '../models/errors.ts';
import { type MixResult, prepareMix, type Quantity } from '../models/mix/index.ts';
import { readMixConfig } from '../pipeline/mix-config.ts';
import { readWeekly } from '../pipeline/read-weekly.ts';
import { sampleInWorkers } from '../pipeline/workers/mix.ts';
import { shareFlag, wholeNumberFlag } from './flags.ts';
import { Interrupted } from './interrupted.ts';
import { type GlobalOptions, print, printJson, progressLine, say, textTable } from './terminal.ts';

interface ModelMixOptions extends GlobalOptions {
  config: string;
  seed?: string;
  chains?: string;
  draws?: string;
  warmup?: string;
  level?: string;
  holdoutWeeks?: string;
}

/** The mix model on a bare CSV of weeks and a `mix.yaml`: no workspace, no database. */
export async function modelMixCommand(file: string, options: ModelMixOptions): Promise<void> {
  const whole = (flag: string, text: string | undefined, least: number): number | undefined =>
    text === undefined ? undefined : wholeNumberFlag(flag, text, least);
  const settings = {
    seed: wholeNumberFlag('--seed', options.seed ?? '1', 0),
    chains: whole('--chains', options.chains, 1),
    draws: whole('--draws', options.draws, 20),
    warmup: whole('--warmup', options.warmup, 20),
    level: shareFlag('--level', options.level ?? '0.9'),
    holdoutWeeks: whole('--holdout-weeks', options.holdoutWeeks, 0),
  };
  const config = readMixConfig(options.config);
  const prepared = prepareMix(readWeekly(file, config), config.spec, settings);
  for (const { message } of prepared.checks) say(options, `! ${message}`);
  const result = await sample(prepared, options);
  if (result.status !== 'ok') throw notConverged(result);
  if (options.json) printJson(result);
  else print(mixText(result, config.outcome, settings.level));
}

async function sample(prepared: ReturnType<typeof prepareMix>, options: GlobalOptions): Promise<MixResult> {
  const progress = progressLine(options);
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(new Interrupted(signal).exitCode);
    controller.abort(new Interrupted(signal));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    const { result } = await sampleInWorkers(prepared, {
      signal: controller.signal,
      onProgress: ({ done, total, divergences }) =>
        progress.tell(
          `sampling: ${Math.floor((100 * done) / total)} %${divergences > 0 ? `, ${divergences} divergences` : ''}`,
        ),
    });
    controller.signal.throwIfAborted();
    return result;
  } finally {
    progress.end();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function notConverged({ diagnostics }: MixResult): InputError {
  const { worst, max_rhat } = diagnostics;
  const shown = Number.isFinite(max_rhat) ? `is ${max_rhat.toFixed(3)}` : 'cannot be told';
  return new InputError(
    'not_converged',
    `the chains did not agree (R-hat ${shown}, needed under 1.05); worst is ${worst.name}: ${worst.likely_cause}. Nothing is reported; sample longer (--draws, --warmup), or give fewer drivers or firmer priors`,
    { details: { ...diagnostics } },
  );
}

function mixText(result: MixResult, outcome: string, level: number): string {
  const { diagnostics, decomposition, fit } = result;
  const amount = (id: string, unit?: string) => ({
    id,
    label: id,
    type: 'decimal' as const,
    scale: 2,
    ...(unit ? { unit } : {}),
  });
  const text = (id: string) => ({ id, label: id, type: 'text' as const });
  const columns = [
    text('Driver'),
    text('Kind'),
    ...['Contribution', 'low', 'high', 'Share', 'ROI', 'ROI low', 'ROI high', 'mROI', 'P(ROI > 1)'].map((id) =>
      amount(id),
    ),
    text('Informed by'),
    text('Evidence'),
  ];
  const cells = (quantity: Quantity | undefined): (string | null)[] =>
    quantity === undefined ? [null, null, null] : [quantity.mean, quantity.lo, quantity.hi].map((x) => x.toFixed(2));
  const rows = result.drivers.map((driver) => [
    driver.name,
    driver.kind,
    ...cells(driver.contribution),
    driver.contribution_share.mean.toFixed(2),
    ...cells(driver.roi),
    driver.mroi?.mean.toFixed(2) ?? null,
    driver.probability_roi_above_one?.toFixed(2) ?? null,
    driver.informed_by,
    driver.grade,
  ]);
  const baseline = decomposition?.totals.find(({ part }) => part === 'baseline');
  const assumed = result.drivers.filter(({ informed_by }) => informed_by === 'prior').map(({ name }) => name);
  return [
    `${outcome} over ${diagnostics.weeks} weeks${diagnostics.geos > 1 ? ` and ${diagnostics.geos} geos` : ''}: what moved it, with ${Math.round(100 * level)} % intervals`,
    '',
    textTable({ columns, rows, totals: null }),
    '',
    ...(baseline
      ? [
          `Without any driver: ${Math.round(baseline.amount.mean)} (${Math.round(baseline.amount.lo)} to ${Math.round(baseline.amount.hi)}) of ${Math.round(decomposition!.observed)}`,
        ]
      : []),
    ...(fit?.holdout
      ? [`Weeks kept from the fit: R2 ${fit.holdout.r2.toFixed(2)}, wMAPE ${fit.holdout.wmape.toFixed(2)}`]
      : []),
    `Chains: R-hat at most ${diagnostics.max_rhat.toFixed(3)}, ${diagnostics.divergences} divergences`,
    ...(assumed.length > 0
      ? [`Informed by the prior, so not measured: ${assumed.join(', ')}. Their intervals repeat what was assumed.`]
      : []),
    'How series move together is no proof: evidence E. A lift study (experiments in the configuration) raises its driver to D.',
  ].join('\n');
}
