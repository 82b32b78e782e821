import { attributePaths } from '../models/attribution/index.ts';
import { InputError } from '../models/errors.ts';
import { MODELS } from '../pipeline/config.ts';
import { nearest } from '../pipeline/nearest.ts';
import { readPaths } from '../pipeline/read-paths.ts';
import { type GlobalOptions, print, printJson, textTable } from './terminal.ts';

interface ModelAttributionOptions extends GlobalOptions {
  model?: string;
  order?: string;
  seed?: string;
  level?: string;
  replicates?: string;
}

/** One attribution model on a bare CSV of paths: no workspace, no database. */
export function modelAttributionCommand(file: string, options: ModelAttributionOptions): void {
  const model = options.model ?? 'markov';
  if (!(MODELS as readonly string[]).includes(model)) {
    const close = nearest(model, MODELS);
    throw new InputError(
      'unknown_name',
      `--model ${model}: no such model; ${close ? `did you mean ${close}?` : `known are ${MODELS.join(', ')}`}`,
    );
  }
  const result = attributePaths(readPaths(file), {
    model: model as (typeof MODELS)[number],
    ...(options.order === undefined ? {} : { order: wholeNumber('--order', options.order, 1) }),
    seed: wholeNumber('--seed', options.seed ?? '1', 0),
    level: options.level === undefined ? undefined : Number(options.level),
    replicates: options.replicates === undefined ? undefined : wholeNumber('--replicates', options.replicates, 0),
  });
  if (options.json) {
    printJson(result);
    return;
  }
  const columns = [
    { id: 'channel', label: 'Channel', type: 'text' as const },
    ...['Conversions', 'low', 'high', 'Revenue', 'Share'].map((label) => ({
      id: label,
      label,
      type: 'decimal' as const,
      scale: label === 'Share' ? 4 : 2,
    })),
  ];
  const fixed = (value: number | undefined, digits: number): string | null =>
    value === undefined ? null : value.toFixed(digits);
  const rows = result.channels.map((row) => [
    row.channel,
    fixed(row.conversions, 2),
    fixed(row.interval?.lo, 2),
    fixed(row.interval?.hi, 2),
    fixed(row.revenue, 2),
    fixed(row.share, 4),
  ]);
  print(
    `${result.model}: ${result.total.conversions} conversions, ${result.unattributed.conversions} without any touch; intervals at ${Math.round((options.level === undefined ? 0.9 : Number(options.level)) * 100)} %\n`,
  );
  print(textTable({ columns, rows, totals: null }));
  print('\nCredit, not proof: who was there before the sale.');
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new InputError('usage', `${flag} is ${text}; expected a whole number from ${least}`);
  return value;
}
