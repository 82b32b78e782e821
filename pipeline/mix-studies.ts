import type { MixExperiment } from '../models/mix/index.ts';
import type { Config } from './config.ts';
import type { MixSettings } from './config-mix.ts';
import type { MixNote, MixSeries } from './mix-drivers.ts';
import { type MixPanel, mondayOf } from './mix-panel.ts';
import type { Warehouse } from './warehouse.ts';

interface StudyRow {
  study_id: string;
  claim: string | null;
  is_registered: boolean | null;
  outcome: string | null;
  unit: string | null;
  driver: string | null;
  geos: string | null;
  start_date: string | null;
  end_date: string | null;
  value: string | null;
  standard_error: string | null;
  grade: string | null;
}

/** Grades whose number may move the model; only A and B raise the grade of a driver. */
const TRUSTED = ['A', 'B', 'C'];

/** Kinds of drivers that a claim is about. A claim of any other name is about all. */
const CLAIMED: Readonly<Record<string, readonly string[]>> = {
  spend_sales: ['paid'],
  posting_sales: ['organic', 'ambiguous'],
  engagement_sales: ['organic', 'ambiguous'],
  boycott_sales: ['negative'],
};

/** Names under which a study may have measured the outcome of the model. */
const SAME_OUTCOME: Readonly<Record<MixSettings['outcome'], readonly string[]>> = {
  revenue_net: ['revenue_net', 'revenue'],
  revenue_gross: ['revenue_gross'],
  conversions: ['conversions', 'orders'],
  new_conversions: ['new_conversions', 'new_customers'],
};

/**
 * The studies of this run and those given by hand, as experiments of the model.
 *
 * A measured study says what its treatment added to the treated geos (or persons, or blocks) over its days. What the model compares is the
 * same: every series as it ran, against itself without what the treated channel, platform or campaign ran on those days and in those
 * geos. What names no country belongs to the treatment where a campaign was studied (nobody else saw it), and to the geos by size
 * where a whole channel was.
 */
export async function mixExperiments(
  warehouse: Warehouse,
  config: Config,
  mix: MixSettings,
  drivers: readonly MixSeries[],
  { panel, shares }: MixPanel,
): Promise<{ experiments: MixExperiment[]; notes: MixNote[] }> {
  const experiments = (mix.experiments ?? []).map(handmade);
  const notes: MixNote[] = [];
  const rows = await warehouse.rows<StudyRow>(
    `select study_id, claim, is_registered, outcome, unit, driver, geos, start_date, end_date, value, standard_error, grade
     from result.lift_study where value is not null order by study_id`,
  );
  for (const row of rows) {
    const why = unfit(row, config, mix, panel);
    if (why !== null) {
      notes.push({
        code: 'study_not_used',
        drivers: [],
        message: `study ${row.study_id} does not calibrate the mix: ${why}`,
      });
      continue;
    }
    const parts = await treatedParts(warehouse, config, mix, drivers, panel, shares, row);
    if (Object.keys(parts.counterfactual).length === 0) {
      const what = `no driver has anything of ${row.driver ?? 'a boycott'} from ${row.start_date} to ${row.end_date}`;
      notes.push({
        code: 'study_not_used',
        drivers: [],
        message: `study ${row.study_id} does not calibrate the mix: ${what}`,
      });
      continue;
    }
    experiments.push({
      name: row.study_id,
      drivers: Object.keys(parts.counterfactual),
      ...(mix.by_geo && row.geos !== null ? { geos: parts.geos } : {}),
      start: mondayOf(row.start_date!),
      end: mondayOf(row.end_date!),
      counterfactual: parts.counterfactual,
      estimand: 'outcome',
      estimate: Number(row.value),
      standardError: Number(row.standard_error),
      grade: row.grade as MixExperiment['grade'],
    });
  }
  return { experiments, notes };
}

type Declared = NonNullable<MixSettings['experiments']>[number];

/** One given by hand: any day of a week stands for the week. */
function handmade(given: Declared): MixExperiment {
  const day = (text: string | undefined): string | undefined =>
    text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : mondayOf(text);
  const { read_start, read_end, counterfactual_factor, counterfactual, standard_error, start, end, ...rest } = given;
  const out: Record<string, unknown> = {
    ...rest,
    start: day(start),
    end: day(end),
    readStart: day(read_start),
    readEnd: day(read_end),
    counterfactualFactor: counterfactual_factor,
    counterfactual:
      counterfactual &&
      Object.fromEntries(Object.entries(counterfactual).map(([name, path]) => [name, Float64Array.from(path)])),
    standardError: standard_error,
  };
  return Object.fromEntries(Object.entries(out).filter(([, value]) => value !== undefined)) as unknown as MixExperiment;
}

/** Why a study says nothing to the model, or null. */
function unfit(row: StudyRow, config: Config, mix: MixSettings, panel: MixPanel['panel']): string | null {
  if (row.is_registered === false) return 'nobody registered it: a campaign read before and after';
  if (!TRUSTED.includes(row.grade ?? '')) return `its grade is ${row.grade ?? 'none'}`;
  if (row.standard_error === null || !(Number(row.standard_error) > 0)) return 'it has no standard error';
  if (!SAME_OUTCOME[mix.outcome].includes(row.outcome ?? ''))
    return `it measured ${row.outcome}, the mix explains ${mix.outcome}`;
  const isMoney = mix.outcome.startsWith('revenue');
  if (isMoney && row.unit !== null && row.unit !== config.reporting.currency) return `it is in ${row.unit}`;
  if (row.start_date === null || row.end_date === null) return 'it names no window';
  if (row.driver === null && row.claim !== 'boycott_sales') return 'it names no channel and no campaign';
  const stranger = mix.by_geo ? treatedGeos(row)?.find((geo) => !panel.units.includes(geo)) : undefined;
  if (stranger !== undefined) return `it treated ${stranger}, which is no geo of the mix`;
  const [first, last] = [panel.periods[0], panel.periods.at(-1) as string];
  if (mondayOf(row.start_date) < first || mondayOf(row.end_date) > last)
    return `its window, ${row.start_date} to ${row.end_date}, lies beyond the weeks of the mix (${first} to ${last})`;
  return null;
}

/** Undefined when the whole market was treated, or users. */
function treatedGeos(row: StudyRow): string[] | undefined {
  return row.geos?.split(',').map((geo) => geo.trim());
}

/** Series of the drivers without what the study treated, geo by geo, over the weeks that its days touch. */
async function treatedParts(
  warehouse: Warehouse,
  config: Config,
  mix: MixSettings,
  drivers: readonly MixSeries[],
  panel: MixPanel['panel'],
  shares: Float64Array,
  row: StudyRow,
): Promise<{ geos: readonly string[]; counterfactual: Record<string, Float64Array> }> {
  const treated = treatedGeos(row);
  const names = row.driver?.split(',').map((name) => name.trim()) ?? [];
  const campaigns = config.campaigns.map(({ id }) => id);
  const isCampaign = names.length > 0 && names.every((name) => campaigns.includes(name));
  const removed = await warehouse.rows<{ series: string; week_date: string; geo: string; value: string }>(
    `select chosen.series, cast(date_trunc('week', fact.fact_date) as date) as week_date,
         case when fact.geo = '(unknown)' then '' else fact.geo end as geo, sum(fact.value) as value
     from panel.mix_fact as fact
     inner join rules.mix_series as chosen
         on chosen.stream = fact.stream and chosen.measure = fact.measure and chosen.platform = fact.platform
         and (chosen.campaign_id is null or chosen.campaign_id = fact.campaign_id)
         and (chosen.stance is null or chosen.stance = fact.stance)
         and (chosen.channel is null or chosen.channel = spend_channel(fact.platform))
     where fact.fact_date between cast($from_date as date) and cast($to_date as date)
         and chosen.aggregate = 'sum'
         -- a boycott names nothing: all that is negative belongs to it
         and ($names = '' or list_has_any(string_split($names, ','), [fact.campaign_id, fact.platform, chosen.series,
             case when fact.stream = 'spend' then spend_channel(fact.platform) else post_channel(fact.platform) end]))
     group by all order by all`,
    { from_date: row.start_date!, to_date: row.end_date!, names: names.join(',') },
  );
  const start = panel.periods.indexOf(mondayOf(row.start_date!));
  const weeks = panel.periods.indexOf(mondayOf(row.end_date!)) - start + 1;
  const units = mix.by_geo && treated !== undefined ? panel.units.filter((geo) => treated.includes(geo)) : panel.units;
  const ofMarket = mix.by_geo || isCampaign || treated === undefined ? 1 : await shareOfMarket(warehouse, treated);
  const shareOf = (geo: string): number => (mix.by_geo ? shares[panel.units.indexOf(geo)] : ofMarket);
  const wholeShare = isCampaign ? units.reduce((sum, geo) => sum + shareOf(geo), 0) : 1;
  const kinds = CLAIMED[row.claim ?? ''];
  const counterfactual: Record<string, Float64Array> = {};
  for (const { settings, series } of drivers) {
    if ((settings.role ?? 'cause') === 'mediator' || settings.kind === 'control') continue;
    if (kinds !== undefined && !kinds.includes(settings.kind)) continue;
    const mine = removed.filter((part) => part.series === series);
    const path = new Float64Array(units.length * weeks);
    let changed = 0;
    units.forEach((geo, i) => {
      const from = panel.units.indexOf(geo) * panel.periods.length + start;
      for (let w = 0; w < weeks; w++) path[i * weeks + w] = panel.covariates[series][from + w];
    });
    for (const part of mine) {
      const w = panel.periods.indexOf(part.week_date) - start;
      const isIn = part.geo === '' || treated === undefined || treated.includes(part.geo);
      if (!isIn) continue;
      units.forEach((geo, i) => {
        const isHere = part.geo === '' || !mix.by_geo || part.geo === geo;
        if (!isHere) return;
        const share = part.geo === '' ? shareOf(geo) / (isCampaign ? wholeShare : 1) : 1;
        const before = path[i * weeks + w];
        // a campaign in some geos only was spread over all of them: no geo loses more than it was given
        const after = Math.max(0, before - share * Number(part.value));
        changed += before - after;
        path[i * weeks + w] = after;
      });
    }
    if (changed > 0) counterfactual[settings.name] = path;
  }
  return { geos: units, counterfactual };
}

/** Share of all conversions that fell into some geos. */
async function shareOfMarket(warehouse: Warehouse, geos: readonly string[]): Promise<number> {
  const rows = await warehouse.rows<{ geo: string; conversions: string }>(
    `select place.geo, count(*) as conversions
     from staging.conversion as conversion
     inner join panel.place as place
         on place.country = coalesce(conversion.country, '') and place.region = coalesce(conversion.region, '')
     group by all order by all`,
  );
  const sum = (some: typeof rows): number => some.reduce((total, row) => total + Number(row.conversions), 0);
  return sum(rows) === 0 ? 0 : sum(rows.filter(({ geo }) => geos.includes(geo))) / sum(rows);
}
