import {
  type AttributionResult,
  attributeTimed,
  chooseOrder,
  compareModels,
  type OrderChoice,
  pathsOfTimed,
  TIMED_MODELS,
} from '../models/attribution/index.ts';
import { InputError } from '../models/errors.ts';
import type { Paths } from '../models/paths.ts';
import { MODELS } from '../pipeline/config.ts';
import { nearest } from '../pipeline/nearest.ts';
import { readPaths } from '../pipeline/read-paths.ts';
import { isTimedFile, readSpend, readTimed, type TimedFile } from '../pipeline/read-timed.ts';
import { attributePathsInWorkers } from '../pipeline/workers/attribute-paths.ts';
import { type GlobalOptions, print, printJson, textTable } from './terminal.ts';

interface ModelAttributionOptions extends GlobalOptions {
  model?: string;
  order?: string;
  seed?: string;
  level?: string;
  replicates?: string;
  spend?: string;
  halfLife?: string;
}

type ModelId = (typeof MODELS)[number];

/** Attribution models on a bare CSV of paths or of timed journeys: no workspace, no database. */
export async function modelAttributionCommand(file: string, options: ModelAttributionOptions): Promise<void> {
  const timed = isTimedFile(file) ? readTimed(file) : undefined;
  const paths = timed === undefined ? readPaths(file) : pathsOfTimed(timed.journeys);
  const models = modelsOf(options.model ?? 'markov', timed !== undefined);
  const seed = wholeNumber('--seed', options.seed ?? '1', 0);
  const choice = models.includes('markov') ? orderOf(options.order, paths, timed, seed) : undefined;
  const shared = {
    seed,
    level: options.level === undefined ? undefined : number('--level', options.level),
    replicates: options.replicates === undefined ? undefined : wholeNumber('--replicates', options.replicates, 0),
    ...(options.spend === undefined ? {} : { spend: readSpend(options.spend) }),
    ...(timed?.personKeys === undefined ? {} : { personKeys: timed.personKeys }),
    halfLifeDays: options.halfLife === undefined ? undefined : number('--half-life', options.halfLife),
  };
  const pathModels = models.filter((model) => !isTimedModel(model));
  const ofPaths =
    pathModels.length === 0
      ? []
      : await attributePathsInWorkers(paths, pathModels, { ...shared, order: choice?.order });
  const results = models.map((model): AttributionResult => {
    if (isTimedModel(model)) return attributeTimed(timed!.journeys, { ...shared, model });
    return ofPaths[pathModels.indexOf(model)];
  });
  for (const result of results) {
    if (result.model === 'markov' && choice?.scores !== undefined) result.diagnostics.order_choice = choice.scores;
  }
  if (results.length === 1) printOne(results[0], options);
  else printSideBySide(results, options);
}

function modelsOf(text: string, isTimed: boolean): ModelId[] {
  if (text === 'all') return MODELS.filter((model) => isTimed || !isTimedModel(model));
  return text.split(',').map((part) => {
    const id = part.trim();
    if ((MODELS as readonly string[]).includes(id)) {
      if (isTimed || !isTimedModel(id)) return id as ModelId;
      throw new InputError(
        'bad_paths',
        `--model ${id} needs the time of every touch; give a CSV with journey, channel, converted and days_before`,
      );
    }
    const close = nearest(id, MODELS);
    throw new InputError(
      'unknown_name',
      `--model ${id}: no such model; ${close ? `did you mean ${close}?` : `known are ${MODELS.join(', ')}, all`}`,
    );
  });
}

function isTimedModel(model: string): model is (typeof TIMED_MODELS)[number] {
  return (TIMED_MODELS as readonly string[]).includes(model);
}

function orderOf(
  text: string | undefined,
  paths: Paths,
  timed: TimedFile | undefined,
  seed: number,
): { order: number; scores?: OrderChoice['scores'] } {
  if (text === 'auto') return chooseOrder(paths, { seed, personKeys: timed?.personKeys });
  return { order: text === undefined ? 1 : wholeNumber('--order', text, 1) };
}

function printOne(result: AttributionResult, options: ModelAttributionOptions): void {
  if (options.json) {
    printJson(result);
    return;
  }
  const columns = [
    { id: 'channel', label: 'Channel', type: 'text' as const },
    ...['Conversions', 'low', 'high', 'Revenue', 'Share', ...(options.spend === undefined ? [] : ['CPA', 'ROAS'])].map(
      (label) => ({
        id: label,
        label,
        type: 'decimal' as const,
        scale: label === 'Share' ? 4 : 2,
      }),
    ),
  ];
  const rows = result.channels.map((row) => [
    row.channel,
    fixed(row.conversions, 2),
    fixed(row.interval?.lo, 2),
    fixed(row.interval?.hi, 2),
    fixed(row.revenue, 2),
    fixed(row.share, 4),
    ...(options.spend === undefined ? [] : [fixed(row.cpa, 2), fixed(row.roas, 2)]),
  ]);
  const interval = result.diagnostics.interval as { level: number; unit: string } | null;
  const about =
    interval === null ? 'no intervals' : `intervals at ${Math.round(interval.level * 100)} % over ${interval.unit}s`;
  const order = result.model === 'markov' ? ` of order ${result.diagnostics.order}` : '';
  print(
    `${result.model}${order}: ${result.total.conversions} conversions, ${result.unattributed.conversions} without any touch; ${about}\n`,
  );
  print(textTable({ columns, rows, totals: null }));
  print('\nCredit, not proof: who was there before the sale.');
}

function printSideBySide(results: readonly AttributionResult[], options: ModelAttributionOptions): void {
  const comparison = compareModels(results);
  if (options.json) {
    printJson({ schema_version: 1, results, comparison });
    return;
  }
  const columns = [
    { id: 'channel', label: 'Channel', type: 'text' as const },
    { id: 'model', label: 'Model', type: 'text' as const },
    ...['Conversions', 'low', 'high', 'Revenue'].map((label) => ({
      id: label,
      label,
      type: 'decimal' as const,
      scale: 2,
    })),
  ];
  const rows = comparison.channels.flatMap(({ channel }) =>
    results.map((result, m) => {
      const row = result.channels.find((one) => one.channel === channel);
      return [
        channel,
        comparison.models[m],
        fixed(row?.conversions ?? 0, 2),
        fixed(row?.interval?.lo, 2),
        fixed(row?.interval?.hi, 2),
        fixed(row?.revenue ?? 0, 2),
      ];
    }),
  );
  print(textTable({ columns, rows, totals: null }));
  for (const note of comparison.notes) print(`\n${note}`);
  print('\nCredit, not proof: who was there before the sale.');
}

function fixed(value: number | null | undefined, digits: number): string | null {
  return value === undefined || value === null ? null : value.toFixed(digits);
}

function number(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new InputError('usage', `${flag} is ${text}; expected a number`);
  return value;
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least)
    throw new InputError('usage', `${flag} is ${text}; expected a whole number from ${least}`);
  return value;
}
