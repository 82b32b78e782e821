import { InputError } from '../models/errors.ts';
import type { GeoDesign } from '../models/lift/design-geo.ts';
import { designGeoTest, geoDesignRow } from '../pipeline/plans/geo-test.ts';
import { readPanel } from '../pipeline/read-panel.ts';
import { calendarOf, geoStudy, type PeriodCalendar, type StudyEntry } from '../pipeline/study-entry.ts';
import { listFlag, numberFlag, shareFlag, wholeNumberFlag } from './flags.ts';
import type { PanelFlags } from './panel-flags.ts';
import { type StudyFlags, studyFacts, studyText } from './study-flags.ts';
import { type GlobalOptions, print, printJson, say, textTable } from './terminal.ts';

interface PlanGeoOptions extends GlobalOptions, PanelFlags, StudyFlags {
  durations?: string;
  weeks?: string;
  mde?: string;
  holdout?: string;
  sizes?: string;
  include?: string;
  exclude?: string;
  target?: string;
  holdoutShare?: string;
  fixedCost?: string;
  costPerGeoPeriod?: string;
  costPerIncremental?: string;
  budget?: string;
  windows?: string;
  confirm?: string;
  draws?: string;
  level?: string;
  power?: string;
  seed?: string;
}

const SHOWN = 10;
const CURVE_ROWS = 10;
/** characters of a full bar */
const BAR = 25;

/** Which geos to treat and for how long, from history without tests. */
export async function planGeoCommand(file: string, flags: PlanGeoOptions): Promise<void> {
  const options = {
    ...flags,
    target: oneOf('--target', flags.target, '--mde', flags.mde),
    holdoutShare: oneOf('--holdout-share', flags.holdoutShare, '--holdout', flags.holdout),
  };
  const given = <T>(text: string | undefined, read: (text: string) => T): T | undefined =>
    text === undefined ? undefined : read(text);
  const amount = (flag: string, text: string | undefined): number | undefined =>
    given(text, (value) => numberFlag(flag, value));
  const wholes = (flag: string, text: string): number[] =>
    listFlag(flag, text).map((part) => wholeNumberFlag(flag, part, 1));
  const panel = readPanel(file, { unit: options.unit, period: options.period, outcome: options.outcome });
  const seed = wholeNumberFlag('--seed', options.seed ?? '1', 0);
  const level = shareFlag('--level', options.level ?? '0.9');
  const power = shareFlag('--power', options.power ?? '0.8');
  const draws = given(options.draws, (text) => wholeNumberFlag('--draws', text, 20)) ?? 199;
  const target = amount('--target', options.target);
  say(options, 'Treating candidates on paper in past windows …');
  const search = {
    durations: durationsOf(flags, calendarOf(panel.periods)),
    sizes: given(options.sizes, (text) => wholes('--sizes', text)),
    include: given(options.include, (text) => listFlag('--include', text)),
    exclude: given(options.exclude, (text) => listFlag('--exclude', text)),
    windows: given(options.windows, (text) => wholeNumberFlag('--windows', text, 1)),
    holdoutShare: given(options.holdoutShare, (text) => shareFlag('--holdout-share', text)),
    cost: {
      fixed: amount('--fixed-cost', options.fixedCost),
      perGeoPeriod: amount('--cost-per-geo-period', options.costPerGeoPeriod),
      perIncremental: amount('--cost-per-incremental', options.costPerIncremental),
    },
    budget: amount('--budget', options.budget),
    target,
    level,
    power,
  };
  const { plan, coin, byCoin, random, chosen } = await designGeoTest(panel, {
    ...search,
    draws,
    seed,
    confirm: given(options.confirm, (text) => wholeNumberFlag('--confirm', text, 1)),
  });
  const calendar = calendarOf(panel.periods);
  const study =
    chosen === null || calendar === null
      ? null
      : geoStudy(studyFacts(options), calendar, {
          treated: chosen.treated,
          periods: chosen.periods,
          pairs: random === null ? null : coin.pairs,
          outcome: options.outcome,
          level,
          seed,
          target: target ?? chosen.mde ?? undefined,
        });
  if (options.json) {
    printJson({
      schema_version: 1,
      design: 'geo',
      seed,
      level,
      power,
      target: target ?? null,
      designs: plan.designs.map(geoDesignRow),
      cheapest: plan.cheapest && geoDesignRow(plan.cheapest),
      shortest: plan.shortest,
      randomised: { ...coin, designs: byCoin?.designs.map(geoDesignRow) ?? [] },
      studies: study === null ? [] : [study],
    });
    return;
  }
  print(planText(plan.designs, { level, power, target }));
  print(
    `\nBetter still, let a coin choose: it makes the test an experiment (A) instead of a comparison (B at best). Seed ${seed} treats ${coin.treated.join(', ')};\nthe other geo of each pair${coin.single === null ? '' : `, and ${coin.single},`} stays untreated. ${coinText(byCoin?.designs ?? [])}`,
  );
  const drawn = random ?? plan.designs[0];
  if (drawn !== undefined) print(`\n${curveText(drawn, random !== null)}`);
  print(
    `\n${studyText(study, calendar === null ? 'the periods of the history are neither days nor weeks.' : 'no design that was tried can answer.')}`,
  );
  if (study !== null) print(`\n${choiceText(study, chosen!)}`);
}

/** The same thing under two names, said once. */
function oneOf(flag: string, text: string | undefined, other: string, again: string | undefined): string | undefined {
  if (text !== undefined && again !== undefined)
    throw new InputError('usage', `${flag} and ${other} mean the same; give one`);
  return text ?? again;
}

/** Lengths of a test in periods of the history; weeks need a history whose periods say how long they are. */
function durationsOf({ durations, weeks }: PlanGeoOptions, calendar: PeriodCalendar | null): number[] {
  const wholes = (flag: string, text: string): number[] =>
    listFlag(flag, text).map((part) => wholeNumberFlag(flag, part, 1));
  const given = oneOf('--durations', durations, '--weeks', weeks);
  if (given === undefined)
    throw new InputError('usage', 'no length to try; give --weeks or --durations, such as --weeks 2,4');
  if (weeks === undefined) return wholes('--durations', given);
  if (calendar === null || 7 % calendar.stepDays !== 0)
    throw new InputError('usage', '--weeks needs a history by day or by week; give --durations in its periods');
  return wholes('--weeks', weeks).map((week) => (week * 7) / calendar.stepDays);
}

function coinText(designs: readonly GeoDesign[]): string {
  if (designs.length === 0) return 'With so few geos a coin has nothing to choose from.';
  const found = designs.map(({ periods, mde }) =>
    mde === null ? `in ${periods} periods none of the lifts tried` : `in ${periods} periods a lift of ${percent(mde)}`,
  );
  return `Read against all coins that could have fallen it finds ${found.join(', ')}.`;
}

function choiceText(study: StudyEntry, { periods, mde }: GeoDesign): string {
  const design = study.method === 'paired' ? 'The coin chose the geos' : 'These geos were chosen, not drawn';
  return `${design}; ${periods} periods find a lift of ${percent(mde!)}.`;
}

/** Power by planted lift, as bars. */
function curveText({ treated, periods, curve, windows }: GeoDesign, byCoin: boolean): string {
  const enough = curve.findIndex(({ power }) => power >= 1);
  const rising = curve.slice(0, enough < 0 ? curve.length : enough + 1);
  const step = Math.ceil(rising.length / CURVE_ROWS);
  const shown = rising.filter((_, i) => i % step === 0 || i === rising.length - 1);
  const labels = shown.map(({ effect }) => percent(effect));
  const width = Math.max(...labels.map((label) => label.length));
  return [
    `Power of ${byCoin ? 'the coin' : treated.join(', ')} over ${periods} periods: share of ${windows} past windows in which a planted lift is found`,
    ...shown.map(({ power }, i) => {
      const filled = Math.round(power * BAR);
      return `${labels[i].padStart(width)}  ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}  ${percent(power)}`;
    }),
  ].join('\n');
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

function planText(
  designs: readonly GeoDesign[],
  { level, power, target }: { level: number; power: number; target: number | undefined },
): string {
  const text = (id: string) => ({ id, label: id, type: 'text' as const });
  const amount = (id: string) => ({ id, label: id, type: 'decimal' as const, scale: 2 });
  const columns = [
    text('Treated'),
    amount('Periods'),
    amount('MDE %'),
    amount('Fires on nothing %'),
    amount('Windows'),
    amount('Untreated volume %'),
    amount('Cost'),
    text('Judged by'),
    text('Can answer'),
  ].map((column) => (column.id === 'Periods' || column.id === 'Windows' ? { ...column, scale: 0 } : column));
  const share = (value: number | null): string | null => (value === null ? null : (100 * value).toFixed(2));
  const rows = designs
    .slice(0, SHOWN)
    .map((design) => [
      design.treated.join(', '),
      String(design.periods),
      share(design.mde),
      share(design.falsePositives),
      String(design.windows),
      share(design.holdoutShare),
      design.cost?.toFixed(2) ?? null,
      design.confirmed ? 'the very test' : 'a quicker test',
      design.canAnswer ? 'yes' : 'no',
    ]);
  const best = designs.find(({ canAnswer }) => canAnswer);
  const asked =
    target === undefined ? 'some lift that was tried' : `a lift of ${Number((100 * target).toPrecision(3))} %`;
  const head = best
    ? `Cheapest design that can find ${asked}: treat ${best.treated.join(', ')} for ${best.periods} periods.`
    : `No design that was tried can find ${asked} with ${100 * power} % power: try longer tests, more geos, or more history.`;
  const rest = designs.length - rows.length;
  return [
    head,
    '',
    textTable({ columns, rows, totals: null }),
    ...(rest > 0 ? [`… and ${rest} more, see --json`] : []),
    '',
    `MDE: smallest lift found in ${100 * power} % of past windows at the ${100 * level} % level, with the test that will read the result.`,
  ].join('\n');
}
