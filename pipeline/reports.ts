import { InputError } from '../models/errors.ts';
import { countWords } from './count-words.ts';
import { reconciliation } from './finance/reconciliation-report.ts';
import { lagsReport } from './lag-report.ts';
import { liftEstimatesReport, liftGatesReport, liftReport, liftSeriesReport } from './lift-reports.ts';
import { type BudgetAsked, budgetReport } from './mix-budget-report.ts';
import { mixReport, responseReport } from './mix-reports.ts';
import { nearest } from './nearest.ts';
import { type Query, runQuery } from './query.ts';
import type { Results } from './results.ts';
import type { Table, TableColumn } from './table.ts';

export interface ReportOptions {
  model?: string;
  basis?: 'order_date' | 'event_date';
  from?: string;
  to?: string;
  limit?: number;
  /** of the reports of lift: one study, or one claim of it */
  study?: string;
  /** of the report budget: another plan than the one of the configuration */
  budget?: BudgetAsked;
}

export interface Report {
  title: string;
  table: Table;
  /** how to read it, and what to do next */
  notes: string[];
}

type ReportMaker = (results: Results, options: ReportOptions) => Promise<Report>;

const REPORTS: Readonly<Record<string, { about: string; make: ReportMaker }>> = {
  channels: { about: 'what each channel is credited with, and what it cost', make: channels },
  campaigns: { about: 'the same by campaign', make: campaigns },
  posts: { about: 'posts by credited revenue and engagement', make: posts },
  paths: { about: 'the journeys that people took', make: paths },
  models: { about: 'every model side by side, with intervals, and where they disagree', make: models },
  sequences: { about: 'touches in a row, and how journeys with and without them convert', make: sequences },
  lags: { about: 'how long before the order each channel was first touched', make: lagsReport },
  roi: { about: 'return on spend by channel and campaign', make: roi },
  lift: { about: 'what each registered study found, graded, with the words that the grade allows', make: liftReport },
  lift_estimates: { about: 'every estimator of each study, the registered one marked', make: liftEstimatesReport },
  lift_series: { about: 'what was seen and what was expected without the treatment, by day', make: liftSeriesReport },
  lift_gates: { about: 'what tried to refute each study', make: liftGatesReport },
  mix: { about: 'what media, engagement and negative signals moved, by the mix model', make: mixReport },
  response: { about: 'what each driver would cause at other sizes', make: responseReport },
  budget: { about: 'the budget that earns most by the mix model, beside the one of now', make: budgetReport },
  reconciliation: { about: 'the books of finance against what was attributed and spent', make: reconciliation },
  coverage: { about: 'how much of what was sold could be followed, and how', make: coverage },
};

export const REPORT_NAMES = Object.keys(REPORTS);

const OF_CREDIT = ['model', 'basis', 'from', 'to', 'limit'] as const;
const OF_STUDIES = ['study', 'limit'] as const;

/** Options that change a report. A report that is not here takes none. */
export const REPORT_OPTIONS: Readonly<Record<string, readonly (keyof ReportOptions)[]>> = {
  channels: OF_CREDIT,
  campaigns: OF_CREDIT,
  roi: OF_CREDIT,
  posts: ['model', 'limit'],
  paths: ['limit'],
  models: ['model', 'limit'],
  sequences: ['limit'],
  lags: ['limit'],
  lift: OF_STUDIES,
  lift_estimates: OF_STUDIES,
  lift_series: OF_STUDIES,
  lift_gates: OF_STUDIES,
  budget: ['budget'],
  reconciliation: ['basis', 'limit'],
};

/** What was asked for and would be passed over: nothing that was said is ignored. */
export function optionsWithoutUse(name: string, given: ReportOptions): string[] {
  const known: readonly string[] = REPORT_OPTIONS[name] ?? [];
  return Object.entries(given).flatMap(([option, value]) =>
    value === undefined || known.includes(option) ? [] : [option],
  );
}

export function aboutReports(): { name: string; about: string }[] {
  return REPORT_NAMES.map((name) => ({ name, about: REPORTS[name].about }));
}

/** @throws InputError `unknown_name` with the nearest report */
export async function makeReport(results: Results, name: string, options: ReportOptions): Promise<Report> {
  const report = REPORTS[name];
  if (report === undefined) {
    const close = nearest(name, REPORT_NAMES);
    throw new InputError(
      'unknown_name',
      `${name} is not a report; ${close ? `did you mean ${close}?` : `known are ${REPORT_NAMES.join(', ')}`}`,
    );
  }
  return report.make(results, options);
}

const CREDIT_NOTE =
  'Credit, not proof (evidence E): who was there before the sale, not what would have happened without it.';

const TOTAL_NOTE =
  'Ratios of the total are of all revenue and all orders, (unattributed) included, over all spend (MER); those of a row are of what it is credited with.';

/** What the sums of spend leave out, when they do. */
function unpricedNotes({ manifest }: Results): string[] {
  const broken = manifest.checks.find(({ check }) => check === 'unpriced_spend')?.broken ?? 0;
  return broken === 0
    ? []
    : [
        `Spend without an exchange rate for its day is left out (${countWords(broken, 'day of a platform', 'days of platforms')}); "liftproof check" names it.`,
      ];
}

async function channels(results: Results, options: ReportOptions): Promise<Report> {
  const table = await runQuery(results, {
    ...common(results, options),
    metrics: ['conversions', 'revenue_gross', 'refunds', 'revenue_net', 'spend', 'roas', 'cac_blended'],
    dimensions: ['channel'],
    order_by: [['revenue_net', 'desc']],
  });
  return {
    title: 'Channels',
    table,
    notes: [CREDIT_NOTE, TOTAL_NOTE, await unattributedNote(results, table), ...unpricedNotes(results)],
  };
}

async function campaigns(results: Results, options: ReportOptions): Promise<Report> {
  const table = await runQuery(results, {
    ...common(results, options),
    metrics: ['conversions', 'revenue_gross', 'refunds', 'revenue_net', 'spend', 'roas'],
    dimensions: ['campaign'],
    order_by: [['revenue_net', 'desc']],
  });
  return {
    title: 'Campaigns',
    table,
    notes: [
      CREDIT_NOTE,
      '(none): credited touches or spend that belong to no campaign; "liftproof check" lists names that were not mapped.',
      TOTAL_NOTE,
      ...unpricedNotes(results),
    ],
  };
}

async function roi(results: Results, options: ReportOptions): Promise<Report> {
  const table = await runQuery(results, {
    ...common(results, options),
    metrics: [
      'spend',
      'conversions',
      'new_conversions',
      'revenue_gross',
      'refunds',
      'revenue_net',
      'roas',
      'nroas',
      'cpa',
      'cac_blended',
    ],
    dimensions: ['channel', 'campaign'],
    order_by: [
      ['spend', 'desc'],
      ['revenue_net', 'desc'],
    ],
  });
  return {
    title: 'Return on spend',
    table,
    notes: [
      CREDIT_NOTE,
      'Ratios are made from the sums, never summed; – stands where there was nothing to divide by.',
      TOTAL_NOTE,
      ...unpricedNotes(results),
    ],
  };
}

async function posts(results: Results, options: ReportOptions): Promise<Report> {
  const model = options.model ?? results.manifest.default_model;
  const money = results.manifest.currency_exponent;
  const rows = await results.rows<Record<string, string | null>>(
    `select credit.platform, credit.post_id, cast(cast(post.published_at as date) as varchar) as published,
        coalesce(post.campaign_id, max(credit.campaign_id)) as campaign_id, post.engagements, sum(credit.conversions) as conversions,
        sum(credit.revenue_gross) as revenue_gross, sum(credit.revenue_net) as revenue_net
     from post_credit as credit
     left join post on post.platform = credit.platform and post.post_id = credit.post_id
     where credit.model = $model
     group by credit.platform, credit.post_id, post.published_at, post.campaign_id, post.engagements
     order by revenue_net desc, credit.platform, credit.post_id`,
    { model },
  );
  const columns: TableColumn[] = [
    { id: 'platform', label: 'Platform', type: 'text' },
    { id: 'post_id', label: 'Post', type: 'text' },
    { id: 'published', label: 'Published', type: 'day' },
    { id: 'campaign_id', label: 'Campaign', type: 'text' },
    { id: 'engagements', label: 'Engagements', type: 'decimal', scale: 0, unit: 'count' },
    { id: 'conversions', label: 'Orders', type: 'decimal', scale: 9, unit: 'credit' },
    { id: 'revenue_gross', label: 'Revenue, gross', type: 'decimal', scale: money, unit: results.manifest.currency },
    { id: 'revenue_net', label: 'Revenue, net', type: 'decimal', scale: money, unit: results.manifest.currency },
  ];
  return {
    title: 'Posts',
    table: limited(columns, rows, options.limit ?? 30, { ...meta(results), model }),
    notes: [
      CREDIT_NOTE,
      "A visit that names its post credits it alone; a visit of a campaign is shared over the campaign's posts by engagement in the days before.",
    ],
  };
}

async function paths(results: Results, options: ReportOptions): Promise<Report> {
  const rows = await results.rows<Record<string, string | null>>(
    'select path, path_length, conversions, non_conversions, revenue_gross, mean_days, is_truncated from path order by conversions desc, non_conversions desc, path',
  );
  const columns: TableColumn[] = [
    { id: 'path', label: 'Path', type: 'text' },
    { id: 'path_length', label: 'Steps', type: 'decimal', scale: 0, unit: 'count' },
    { id: 'conversions', label: 'Orders', type: 'decimal', scale: 0, unit: 'count' },
    { id: 'non_conversions', label: 'Without order', type: 'decimal', scale: 0, unit: 'count' },
    {
      id: 'revenue_gross',
      label: 'Revenue, gross',
      type: 'decimal',
      scale: results.manifest.currency_exponent,
      unit: results.manifest.currency,
    },
    { id: 'mean_days', label: 'Mean days', type: 'decimal', scale: 2, unit: 'ratio' },
    { id: 'is_truncated', label: 'Cut', type: 'boolean' },
  ];
  return {
    title: 'Paths',
    table: limited(columns, rows, options.limit ?? 30, meta(results)),
    notes: [`(suppressed) sums the paths of fewer than ${results.manifest.k} persons.`],
  };
}

async function models(results: Results, options: ReportOptions): Promise<Report> {
  const { currency, currency_exponent: exponent } = results.manifest;
  const wanted = options.model?.split(',').map((id) => id.trim());
  const runs = await results.rows<{
    model: string;
    markov_order: string | null;
    note: string;
    replicates: string;
    level: string;
  }>('select model, markov_order, note, replicates, level from model_run order by position');
  for (const id of wanted ?? [])
    if (!runs.some((run) => run.model === id))
      throw unknownModel(
        id,
        runs.map((run) => run.model),
      );
  const shown = wanted ?? runs.map((run) => run.model);
  const credit = await results.rows<Record<string, string | null>>(`
    select credit.channel, credit.model, credit.conversions, credit.conversions_lo, credit.conversions_hi, credit.share, credit.revenue, credit.revenue_lo, credit.revenue_hi,
        credit.cpa, credit.roas, credit.roas_lo, credit.roas_hi, credit.removal_effect, credit.few_conversions, agreement.ratio
    from model_credit as credit
    left join model_agreement as agreement on agreement.channel = credit.channel
    order by credit.channel = '(unattributed)', max(credit.conversions) over (partition by credit.channel) desc, credit.channel, credit.position`);
  const rows = credit.filter((row) => shown.includes(row.model!));
  const words = await results.rows<{ channel: string; words: string }>(
    'select channel, words from model_agreement where disagree order by revenue_highest - revenue_lowest desc, channel',
  );
  const number = (id: string, label: string, scale: number, unit: string): TableColumn => ({
    id,
    label,
    type: 'decimal',
    scale,
    unit,
  });
  const columns: TableColumn[] = [
    { id: 'channel', label: 'Channel', type: 'text' },
    { id: 'model', label: 'Model', type: 'text' },
    number('conversions', 'Orders', 9, 'credit'),
    number('conversions_lo', 'low', 9, 'credit'),
    number('conversions_hi', 'high', 9, 'credit'),
    number('share', 'Share', 4, 'ratio'),
    number('revenue', 'Revenue, net', exponent, currency),
    number('revenue_lo', 'low', exponent, currency),
    number('revenue_hi', 'high', exponent, currency),
    number('cpa', 'Cost per order', exponent, currency),
    number('roas', 'ROAS', 4, 'ratio'),
    number('roas_lo', 'low', 4, 'ratio'),
    number('roas_hi', 'high', 4, 'ratio'),
    number('ratio', 'Spread', 2, 'ratio'),
    { id: 'few_conversions', label: 'Few', type: 'boolean' },
  ];
  const level =
    runs.length === 0
      ? ''
      : `Low and high: ${Math.round(Number(runs[0].level) * 100)} % intervals by ${runs[0].replicates} draws of the persons; they hold sampling, not what no model sees. `;
  return {
    title: 'Models side by side',
    table: limited(columns, rows, options.limit ?? rows.length, { ...meta(results), models: shown }),
    notes: [
      CREDIT_NOTE,
      `${level}Spread: the highest model over the lowest. Few: too few orders to trust the interval.`,
      ...runs.filter((run) => run.note !== '' && shown.includes(run.model)).map((run) => `${run.model}: ${run.note}.`),
      ...words.map((row) => `${row.channel}: ${row.words}`),
      ...(words.length === 0
        ? [
            "No channel's credit differs by more than 2 times between models. They still share what they cannot see: sales that would have come anyway.",
          ]
        : []),
    ],
  };
}

function unknownModel(id: string, known: readonly string[]): InputError {
  const close = nearest(id, known);
  return new InputError(
    'not_published',
    `the run has no model ${id}; ${close ? `did you mean ${close}?` : `it has ${known.join(', ')}`}`,
    {
      details: { published: known },
    },
  );
}

async function sequences(results: Results, options: ReportOptions): Promise<Report> {
  const rows = await results.rows<Record<string, string | null>>(
    'select sequence, journeys, conversions, rate_with, rate_with_lo, rate_with_hi, rate_without, rate_ratio, rate_ratio_lo, rate_ratio_hi, removal_effect from sequence_effect order by journeys desc, sequence',
  );
  const rate = (id: string, label: string): TableColumn => ({ id, label, type: 'decimal', scale: 4, unit: 'ratio' });
  const columns: TableColumn[] = [
    { id: 'sequence', label: 'Sequence', type: 'text' },
    { id: 'journeys', label: 'Journeys', type: 'decimal', scale: 0, unit: 'count' },
    { id: 'conversions', label: 'Orders', type: 'decimal', scale: 0, unit: 'count' },
    rate('rate_with', 'Rate with'),
    rate('rate_with_lo', 'low'),
    rate('rate_with_hi', 'high'),
    rate('rate_without', 'Rate without'),
    rate('rate_ratio', 'Ratio'),
    rate('rate_ratio_lo', 'low'),
    rate('rate_ratio_hi', 'high'),
    rate('removal_effect', 'Removal effect'),
  ];
  return {
    title: 'Sequences',
    table: limited(columns, rows, options.limit ?? 30, meta(results)),
    notes: [
      'An association (evidence E): people who were going to buy also make certain sequences.',
      `Pairs of touches that follow each other, of at least ${results.manifest.k} persons; needs the model markov.`,
    ],
  };
}

async function coverage(results: Results): Promise<Report> {
  const rows = await results.rows<Record<string, string | null>>(
    'select measure, count, share, revenue_gross from coverage order by position',
  );
  const columns: TableColumn[] = [
    { id: 'measure', label: 'Measure', type: 'text' },
    { id: 'count', label: 'Count', type: 'decimal', scale: 0, unit: 'count' },
    { id: 'share', label: 'Share', type: 'decimal', scale: 4, unit: 'ratio' },
    {
      id: 'revenue_gross',
      label: 'Revenue, gross',
      type: 'decimal',
      scale: results.manifest.currency_exponent,
      unit: results.manifest.currency,
    },
  ];
  return {
    title: 'Coverage',
    table: limited(columns, rows, rows.length, meta(results)),
    notes: ['Read this before any table of credit: what could not be followed is not the same as what did not sell.'],
  };
}

function common(results: Results, options: ReportOptions): Pick<Query, 'model' | 'basis' | 'date_range' | 'page'> {
  const { from, to } = results.manifest.period;
  const range =
    options.from !== undefined || options.to !== undefined
      ? [options.from ?? from ?? '2000-01-01', options.to ?? to ?? '2099-12-31']
      : undefined;
  return {
    model: options.model,
    basis: options.basis ?? 'order_date',
    ...(range === undefined ? {} : { date_range: range as [string, string] }),
    page: { limit: options.limit ?? 1000 },
  };
}

function meta(results: Results): Record<string, unknown> {
  const { run, run_hash, currency, time_zone, period } = results.manifest;
  return { run, run_hash, currency, time_zone, period: [period.from, period.to] };
}

function limited(
  columns: readonly TableColumn[],
  rows: readonly Record<string, unknown>[],
  limit: number,
  about: Record<string, unknown>,
): Table {
  const cells = rows.map((row) =>
    columns.map((column) => (row[column.id] === null || row[column.id] === undefined ? null : String(row[column.id]))),
  );
  return {
    columns,
    rows: cells.slice(0, limit),
    totals: null,
    totalRows: rows.length,
    truncated: rows.length > limit,
    meta: about,
  };
}

async function unattributedNote(results: Results, table: Table): Promise<string> {
  if (table.rows.length === 0) return 'Nothing was sold in this period.';
  const rows = await results.rows<{ measure: string; share: string | null }>('select measure, share from coverage');
  const percent = (measure: string): string =>
    `${Math.round(Number(rows.find((row) => row.measure === measure)?.share ?? 0) * 100)} %`;
  const unseen = percent('followed to no touch');
  const unknown = percent('seen, but only by direct or unknown visits');
  return `(unattributed): ${unseen} of all orders of the run could not be followed to any touch, ${unknown} were seen only on direct or unknown visits; see "liftproof report coverage".`;
}
