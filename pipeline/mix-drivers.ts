import { InputError } from '../models/errors.ts';
import type { MixCheck } from '../models/mix/index.ts';
import type { Config } from './config.ts';
import { isMention, type MixDriverSettings, type MixSettings } from './config-mix.ts';
import { nearest } from './nearest.ts';
import { quoteText, type Warehouse } from './warehouse.ts';

/** Something about the data of the model that its reader should know. */
export interface MixNote extends Pick<MixCheck, 'drivers' | 'message'> {
  code: string;
}

/** One condition on `panel.mix_fact`; a series is the sum over its conditions. */
interface Condition {
  series: string;
  aggregate: 'sum' | 'mean';
  stream: 'spend' | 'post' | 'event' | 'account' | 'engagement';
  measure: string;
  platform: string;
  campaign: string | null;
  stance: string | null;
  channel: string | null;
}

/** A driver with the names of its series in `panel.mix_week`. */
export interface MixSeries {
  settings: MixDriverSettings;
  series: string;
  spendSeries: string | null;
  conditions: readonly Condition[];
}

/** What the facts hold: how many weeks each platform moved in. */
interface Seen {
  stream: string;
  measure: string;
  platform: string;
  channel: string;
  weeks: number;
}

/** A platform that moved in fewer weeks becomes no driver by itself. */
const FEWEST_WEEKS = { paid: 8, organic: 8, negative: 4 };

/**
 * The drivers of a workspace, declared or derived from the data, and the series they read; fills `rules.mix_series`.
 *
 * @throws InputError `unknown_name` for a platform, campaign or measure that no row has, with the nearest that one has;
 *   `insufficient_data` when nothing at all could be a driver
 */
export async function chooseSeries(
  warehouse: Warehouse,
  config: Config,
  mix: MixSettings,
): Promise<{ drivers: MixSeries[]; notes: MixNote[] }> {
  const seen = await seenFacts(warehouse);
  const { declared, notes } =
    mix.drivers === undefined ? derivedDrivers(seen) : { declared: mix.drivers, notes: [] as MixNote[] };
  const drivers = declared.map((settings) => seriesOf(settings, seen, config));
  const rows = drivers.flatMap(({ conditions }) => conditions);
  await warehouse.run(`
    create or replace table rules.mix_series
        (series varchar, aggregate varchar, stream varchar, measure varchar, platform varchar, campaign_id varchar, stance varchar, channel varchar)`);
  const text = (value: string | null): string => (value === null ? 'null' : `'${quoteText(value)}'`);
  await warehouse.run(
    `insert into rules.mix_series values ${rows
      .map((row) =>
        [row.series, row.aggregate, row.stream, row.measure, row.platform, row.campaign, row.stance, row.channel].map(
          text,
        ),
      )
      .map((cells) => `(${cells.join(', ')})`)
      .join(', ')}`,
  );
  return { drivers, notes };
}

async function seenFacts(warehouse: Warehouse): Promise<Seen[]> {
  const rows = await warehouse.rows<Omit<Seen, 'weeks'> & { weeks: string }>(`
    select stream, measure, platform, spend_channel(platform) as channel, count(distinct date_trunc('week', fact_date)) as weeks
    from panel.mix_fact
    where value <> 0
        and fact_date >= (select min(week_date) from panel.mix_outcome)
        and fact_date < (select max(week_date) + 7 from panel.mix_outcome)
    group by stream, measure, platform
    order by stream, measure, platform`);
  return rows.map((row) => ({ ...row, weeks: Number(row.weeks) }));
}

/** Spend and engagement by platform, and all negative signals together. */
function derivedDrivers(seen: readonly Seen[]): { declared: MixDriverSettings[]; notes: MixNote[] } {
  const declared: MixDriverSettings[] = [];
  const notes: MixNote[] = [];
  const leaveOut = (name: string, what: string, weeks: number, least: number): void => {
    const message = `${name}: ${what} in ${weeks} ${weeks === 1 ? 'week' : 'weeks'} only, fewer than ${least}: no driver was made of it; declare it under mix.drivers to keep it`;
    notes.push({ code: 'left_out', drivers: [name], message });
  };
  for (const { stream, measure, platform, weeks } of seen) {
    if (stream === 'spend' && measure === 'spend') {
      const name = `${platform}_ads`;
      if (weeks >= FEWEST_WEEKS.paid) declared.push({ name, kind: 'paid', platform: [platform] });
      else leaveOut(name, 'spend', weeks, FEWEST_WEEKS.paid);
    }
    if (stream === 'post' && measure === 'engagements') {
      if (weeks >= FEWEST_WEEKS.organic) declared.push({ name: platform, kind: 'organic', platform: [platform] });
      else leaveOut(platform, 'engagement', weeks, FEWEST_WEEKS.organic);
    }
  }
  const posted = new Set(declared.filter(({ kind }) => kind === 'organic').map(({ name }) => name));
  for (const { measure, platform, weeks } of seen) {
    // a platform whose posts are not counted one by one, but whose account is
    if (measure !== 'positive_engagements' || posted.has(platform) || weeks < FEWEST_WEEKS.organic) continue;
    if (notes.some(({ drivers }) => drivers.includes(platform))) continue;
    declared.push({ name: platform, kind: 'organic', platform: [platform], measure: [measure] });
  }
  const signals = seen.filter(({ measure }) => measure === 'negative_engagements');
  if (signals.length > 0) {
    const weeks = Math.max(...signals.map((signal) => signal.weeks));
    if (weeks >= FEWEST_WEEKS.negative) declared.push({ name: 'negative', kind: 'negative' });
    else leaveOut('negative', 'negative signals', weeks, FEWEST_WEEKS.negative);
  }
  if (declared.length === 0) {
    throw new InputError(
      'insufficient_data',
      `mix: no spend or engagement in ${FEWEST_WEEKS.paid} weeks or more, so there is nothing to make drivers of; load more exports, or declare mix.drivers`,
    );
  }
  // paid first; the sort keeps the order within a kind
  const rank = ({ kind }: MixDriverSettings): number => ['paid', 'organic', 'negative'].indexOf(kind);
  return { declared: declared.sort((a, b) => rank(a) - rank(b)), notes };
}

function seriesOf(settings: MixDriverSettings, seen: readonly Seen[], config: Config): MixSeries {
  const { name, kind } = settings;
  const measures = settings.measure ?? [defaultMeasure(settings)];
  const conditions = measures.flatMap((measure) => conditionsOf(settings, name, measure, seen, config));
  const isSpend = kind === 'paid' && measures[0] === 'spend';
  const spendSeries = kind === 'paid' ? (isSpend ? name : `${name}:spend`) : null;
  if (spendSeries !== null && !isSpend) conditions.push(...conditionsOf(settings, spendSeries, 'spend', seen, config));
  return { settings, series: name, spendSeries, conditions };
}

function defaultMeasure({ kind, stance }: MixDriverSettings): string {
  if (kind === 'paid') return 'spend';
  if (stance !== undefined) return 'mentions';
  return { organic: 'engagements', negative: 'negative_engagements' }[kind as string] ?? 'mentions';
}

function streamOf({ kind, of }: MixDriverSettings, measure: string): Condition['stream'] {
  if (kind === 'paid') return 'spend';
  if (isMention(measure)) return 'event';
  if (measure === 'positive_engagements' || measure === 'negative_engagements') return 'engagement';
  if (measure === 'engagements' || measure === 'posts') return 'post';
  return (of ?? (kind === 'control' || kind === 'treatment' ? 'account' : 'posts')) === 'account' ? 'account' : 'post';
}

function conditionsOf(
  settings: MixDriverSettings,
  series: string,
  measure: string,
  seen: readonly Seen[],
  config: Config,
): Condition[] {
  const { name, channel, campaign, stance } = settings;
  const stream = streamOf(settings, measure);
  const rows = seen.filter((row) => row.stream === stream && row.measure === measure);
  const what = stream === 'spend' ? measure : `measure ${measure}`;
  if (rows.length === 0) {
    const known = [...new Set(seen.filter((row) => row.stream === stream).map((row) => row.measure))];
    const close = nearest(measure, known);
    throw new InputError(
      'unknown_name',
      `mix: driver ${name}: no row of the window has ${what}${close ? `; did you mean ${close}?` : known.length > 0 ? `; there are ${known.join(', ')}` : '; load its export, or leave the driver out'}`,
    );
  }
  const known = (field: 'platform' | 'channel', asked: readonly string[] | undefined): void => {
    const there = [...new Set(rows.map((row) => row[field]))];
    const missing = asked?.find((value) => !there.includes(value));
    if (missing === undefined) return;
    const close = nearest(missing, there);
    throw new InputError(
      'unknown_name',
      `mix: driver ${name}: no ${what} of ${field} ${missing}; ${close ? `did you mean ${close}?` : `there are ${there.join(', ')}`}`,
    );
  };
  known('platform', settings.platform);
  known('channel', channel);
  const campaigns = config.campaigns.map(({ id }) => id);
  const stray = campaign?.find((id) => !campaigns.includes(id));
  if (stray !== undefined) {
    const close = nearest(stray, campaigns);
    throw new InputError(
      'unknown_name',
      `mix: driver ${name}: campaign ${stray} is not in campaigns; ${close ? `did you mean ${close}?` : 'add it there'}`,
    );
  }
  const platforms = settings.platform ?? [...new Set(rows.map((row) => row.platform))];
  const aggregate = settings.aggregate ?? 'sum';
  const out: Condition[] = [];
  for (const platform of new Set(platforms)) {
    for (const one of new Set(campaign ?? [null])) {
      for (const said of new Set(stance ?? [null])) {
        for (const place of new Set(channel ?? [null]))
          out.push({ series, aggregate, stream, measure, platform, campaign: one, stance: said, channel: place });
      }
    }
  }
  return out;
}
