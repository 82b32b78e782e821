import { InputError } from '../../models/errors.ts';
import type { ClaimInputs } from '../../models/lift/gates/run-gates.ts';
import { panelView } from '../../models/lift/panel-view.ts';
import { syntheticControl } from '../../models/lift/synthetic-control.ts';
import { currencyExponent } from '../../models/numeric/money.ts';
import type { Panel } from '../../models/panel.ts';
import type { Config } from '../config.ts';
import { daysBetween, methodOf, outcomeOf, type Study } from '../config-studies.ts';
import type { Panels } from '../measure-lift.ts';
import type { Warehouse } from '../warehouse.ts';
import type { Claim, ClaimHead, ClaimId, Measured } from './claim.ts';
import { measurePanel } from './measure-panel.ts';
import { measurePosting, scheduleOf } from './measure-posting.ts';
import { measureSeries } from './measure-series.ts';
import { measureUsers } from './measure-users.ts';
import { reasonOf } from './put-in-words.ts';
import {
  type AssignedUnit,
  cutPanel,
  isControlArm,
  type PanelColumn,
  readArms,
  readAssignment,
  readSpend,
  type StudyPanel,
} from './read-panels.ts';

/** A question, registered or read off a campaign. */
export interface Asked {
  studyId: string;
  study: Study;
  isRegistered: boolean;
  currency: string;
  driver: string | null;
  /** why it cannot be asked at all */
  refused?: string;
}

interface Asking {
  warehouse: Warehouse;
  config: Config;
  panels: Panels;
  asked: Asked;
}

/** Measures all claims of one question; what cannot be measured carries its reason. */
export async function askAll(warehouse: Warehouse, config: Config, panels: Panels, asked: Asked): Promise<Claim[]> {
  const asking = { warehouse, config, panels, asked };
  const { study, isRegistered } = asked;
  if (study.kind === 'posting') return postingClaimsOf(asking);
  const own = await askOne(asking, study.question);
  if (!isRegistered || study.question !== 'posting_sales' || study.kind === 'users') return [own];
  // whoever asks what posting sold is told apart what it moved, and that an engagement has no price without a coin
  const { outcome, margin, ...rest } = study;
  const engaged: Asked = { ...asked, study: { ...rest, question: 'posting_engagement' } };
  return [
    own,
    { ...(await askOne({ ...asking, asked: engaged }, 'posting_engagement', headOf(asked, 'posting_engagement'))) },
    {
      head: headOf(asked, 'engagement_sales'),
      measured: null,
      reason:
        'what an engagement sells is told only by posting at random times and places (kind posting), never by comparing sales with likes',
    },
  ];
}

async function askOne(
  asking: Asking,
  question: ClaimId,
  head: ClaimHead = headOf(asking.asked, question),
): Promise<Claim> {
  const { asked } = asking;
  const { study } = asked;
  if (asked.refused !== undefined) return { head, measured: null, reason: asked.refused };
  try {
    const found = await (study.kind === 'users'
      ? measureUserStudy(asking)
      : study.kind === 'geo' || study.treated.length > 0
        ? measureGeo(asking)
        : measureWhole(asking));
    return {
      head: await withSpendQuestion(asking, { ...head, geos: found.geos }),
      measured: found.measured,
      reason: null,
    };
  } catch (error) {
    return { head: await withSpendQuestion(asking, head), measured: null, reason: reasonOf(error) };
  }
}

/** A campaign that nobody registered asks what its money did where it cost money, else what its posts did. */
async function withSpendQuestion({ warehouse, asked }: Asking, head: ClaimHead): Promise<ClaimHead> {
  if (asked.isRegistered) return head;
  const spent = await readSpend(warehouse, 'campaign_id', asked.study.campaigns, asked.study, 1);
  return spent !== null && spent.spend > 0 ? { ...head, claim: 'spend_sales', question: 'spend_sales' } : head;
}

function headOf(asked: Asked, claim: ClaimId): ClaimHead {
  const { studyId, study, isRegistered, currency, driver } = asked;
  const isOwn = claim === study.question;
  const outcome = isOwn
    ? outcomeOf(study)
    : claim === 'posting_engagement'
      ? 'engagements'
      : study.question === 'posting_engagement'
        ? 'revenue_net'
        : outcomeOf(study);
  return {
    studyId: isOwn ? studyId : `${studyId}:${claim}`,
    study: study.id,
    kind: study.kind,
    question: study.question,
    claim,
    isRegistered,
    outcome,
    unit: outcome === 'revenue_net' ? currency : 'count',
    driver,
    subject: subjectOf(asked, claim),
    geos: null,
    start: study.start,
    end: study.end,
    method: methodOf(study),
    level: study.level,
  };
}

/** `Sun care (study sun_care_geo_holdout, 2026-05-29 to 2026-06-30)` */
function subjectOf({ study, driver, isRegistered }: Asked, claim: ClaimId): string {
  const acted = claim === 'boycott_sales' ? 'The boycott' : claim === 'engagement_sales' ? 'Engagement' : 'Posting';
  const named =
    claim === 'spend_sales'
      ? `Spend${driver === null ? '' : ` on ${driver}`}`
      : `${acted}${driver === null ? '' : ` (${driver})`}`;
  const what = isRegistered ? named : `Campaign ${study.id}`;
  const source = isRegistered ? `study ${study.id}, ` : '';
  return `${what} (${source}${study.start} to ${study.end})`.replace(') (', ', ');
}

interface Found {
  measured: Measured;
  geos: readonly string[] | null;
}

async function measureGeo(asking: Asking): Promise<Found> {
  const { warehouse, config, panels, asked } = asking;
  const { study } = asked;
  const log = await readAssignment(warehouse, study.assignment ?? study.id, 'geo', config.reporting.time_zone);
  const treated = treatedGeos(study, log);
  const method = methodOf(study);
  if (method === 'randomised' && log.length === 0)
    throw new InputError(
      'insufficient_data',
      'nothing says how its geos were drawn; load the assignment log (plain_assignment)',
    );
  const panel = await panels.geo(outcomeOf(study) as PanelColumn);
  await refuseUnknown(warehouse, [...treated, ...study.pairs.flat()]);
  await refuseUnknown(warehouse, study.excluded, true);
  const drawn = log.map(({ unit }) => unit);
  const paired = method === 'paired' ? study.pairs.flat() : [];
  const outside = panel.units.filter(
    (geo) =>
      study.excluded.includes(geo) ||
      (log.length > 0 && !drawn.includes(geo)) ||
      (paired.length > 0 && !paired.includes(geo)),
  );
  const cut = cutPanel(panel, treated, outside, { start: study.start, end: study.end, preDays: study.pre_days });
  const margin = await marginOf(asking);
  const measured = measurePanel(cut, {
    method,
    level: study.level,
    seed: config.models.seed,
    plausibleLift: study.plausible_lift,
    margin,
    pairs: study.pairs,
    becauseSalesMoved: study.because_sales_moved,
    draw: drawOf(study, log),
    inputs:
      method === 'randomised' || method === 'paired' ? {} : await panelInputs(asking, panel, cut, treated, outside),
  });
  return { measured, geos: treated };
}

/** Geos that get the treatment: as registered, or as the log has them. Both must say the same. */
function treatedGeos(study: Study, log: readonly AssignedUnit[]): string[] {
  const logged = log.filter(({ arm }) => !isControlArm(arm)).map(({ unit }) => unit);
  if (study.treated.length === 0) {
    if (logged.length === 0)
      throw new InputError(
        'insufficient_data',
        'no geo is treated; name them in treated, or load the assignment log (plain_assignment)',
      );
    return logged;
  }
  const odd =
    log.length === 0
      ? undefined
      : (study.treated.find((geo) => !logged.includes(geo)) ?? logged.find((geo) => !study.treated.includes(geo)));
  if (odd !== undefined)
    throw new InputError(
      'insufficient_data',
      `treated and the assignment log do not agree about geo ${odd}; mend one of them`,
    );
  return [...study.treated];
}

/**
 * When the draw was written down: by the log, or, for a draw that stands in the entry itself (pairs, or the seed of a schedule), on the
 * day on which the entry was registered. Null when neither says.
 */
function drawOf(
  study: Study,
  log: readonly AssignedUnit[],
): { loggedBefore: boolean; registeredBefore: boolean } | null {
  const days = log.map(({ day }) => day).sort();
  const registered = study.registered ?? days[0];
  if (registered === undefined) return null;
  const written = days.at(-1) ?? registered;
  return { loggedBefore: written < study.start, registeredBefore: registered <= study.start };
}

/** Names that nothing was loaded of are typing errors; a geo of few persons may be left out, but not stand by itself. */
async function refuseUnknown(warehouse: Warehouse, geos: readonly string[], mayBeSmall = false): Promise<void> {
  const rows = await warehouse.rows<{ own_geo: string; geo: string }>(
    'select distinct own_geo, geo from panel.place order by all',
  );
  for (const geo of geos) {
    const found = rows.find(({ own_geo }) => own_geo === geo);
    if (found === undefined)
      throw new InputError(
        'insufficient_data',
        `nothing was loaded of geo ${geo}; check its name and geo_map (orders say ${rows
          .filter((row) => row.geo === row.own_geo)
          .slice(0, 3)
          .map(({ own_geo }) => own_geo)
          .join(', ')}, ...)`,
      );
    if (found.geo === '(suppressed)' && !mayBeSmall)
      throw new InputError(
        'insufficient_data',
        `geo ${geo} has too few persons to stand by itself (privacy.k); fold it into a larger one in geo_map`,
      );
  }
}

/** What the gates of a panel can be told by a workspace: what else was on, what came after, which of sales and engagement leads. */
async function panelInputs(
  { config, panels, asked }: Asking,
  panel: Panel,
  cut: StudyPanel,
  treated: readonly string[],
  outside: readonly string[],
): Promise<ClaimInputs> {
  const { study } = asked;
  const events = config.studies
    .filter((other) => other.id !== study.id && other.start <= study.end && study.start <= other.end)
    .filter((other) => other.treated.some((geo) => treated.includes(geo)))
    .map(({ id, kind }) => ({ name: id, kind, includedInModel: false }));
  const effect = syntheticControl(panelView(cut.panel, cut.treatment)).effect;
  const inputs: Record<string, unknown> = { calendar: { events, effect, effectWithout: null } };
  const after = effectAfter(panel, cut, study, treated, outside);
  if (after !== null) inputs.persistence = { ...after, channels: null };
  if (study.question === 'posting_sales' || study.kind === 'boycott') {
    const engagement = matching(
      await panels.geo(study.kind === 'boycott' ? 'negative_engagements' : 'engagements'),
      cut.panel,
    );
    if (engagement !== null) {
      const { units, periods, outcome } = cut.panel;
      inputs.reverse_causality = { units: units.length, periods: periods.length, sales: outcome, engagement };
      const dose = doseByGeo(cut, engagement);
      if (dose !== null) inputs.dose_response = { ...dose, sign: study.kind === 'boycott' ? -1 : 1 };
    }
  }
  return inputs as ClaimInputs;
}

/** Per treated geo, engagement in the window and effect as shares of its own sales before; null with too few geos to compare. */
function doseByGeo(
  { panel, treatment }: StudyPanel,
  engagement: Float64Array,
): { dose: Float64Array; effect: Float64Array } | null {
  const treated = [...treatment.firstTreated.keys()];
  if (treated.length < 4) return null;
  const days = panel.periods.length;
  const start = treatment.firstTreated.get(treated[0])!;
  const sum = (values: Float64Array, unit: string, from: number, to: number): number => {
    const row = panel.units.indexOf(unit) * days;
    return values.subarray(row + from, row + to).reduce((total, value) => total + value, 0);
  };
  const dose = new Float64Array(treated.length);
  const effect = new Float64Array(treated.length);
  treated.forEach((geo, i) => {
    const kept = panel.units.filter((unit) => unit === geo || !treatment.firstTreated.has(unit));
    const alone: Panel = {
      ...panel,
      units: kept,
      outcome: Float64Array.from(
        kept.flatMap((unit) => Array.from({ length: days }, (_, t) => sum(panel.outcome, unit, t, t + 1))),
      ),
    };
    const before = sum(panel.outcome, geo, 0, start) / start;
    const view = panelView(alone, { firstTreated: new Map([[geo, start]]), end: days });
    dose[i] = sum(engagement, geo, start, days) / before;
    effect[i] = syntheticControl(view).effect / before;
  });
  return dose.every(Number.isFinite) && effect.every(Number.isFinite) ? { dose, effect } : null;
}

/** Effect in the window and in as many days after it, by one fit; null when those days have not been loaded. */
function effectAfter(
  panel: Panel,
  { panel: { periods } }: StudyPanel,
  study: Study,
  treated: readonly string[],
  outside: readonly string[],
): { during: number; after: number } | null {
  const days = daysBetween(study.start, study.end);
  const end = new Date(Date.parse(study.end) + days * 86_400_000).toISOString().slice(0, 10);
  try {
    const longer = cutPanel(panel, treated, outside, { start: study.start, end, preDays: study.pre_days });
    const view = panelView(longer.panel, longer.treatment);
    const { gap } = syntheticControl(view);
    const sum = (from: number, to: number): number => gap.subarray(from, to).reduce((total, value) => total + value, 0);
    const last = longer.panel.periods.indexOf(periods[periods.length - 1]) + 1;
    return { during: sum(view.pre, last), after: sum(last, gap.length) };
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Cells of another panel for the units and days of one; null when any is missing. */
function matching(from: Panel, to: Panel): Float64Array | null {
  const out = new Float64Array(to.units.length * to.periods.length);
  const days = to.periods.map((day) => from.periods.indexOf(day));
  to.units.forEach((unit, u) => {
    const row = from.units.indexOf(unit);
    days.forEach((day, t) => {
      out[u * days.length + t] = row < 0 || day < 0 ? Number.NaN : from.outcome[row * from.periods.length + day];
    });
  });
  return out.some((value) => Number.isNaN(value)) ? null : out;
}

async function measureUserStudy(asking: Asking): Promise<Found> {
  const { warehouse, config, panels, asked } = asking;
  const { study } = asked;
  const outcome = outcomeOf(study);
  const total = await panels.total(outcome as PanelColumn);
  const last = total.periods.findLastIndex((_, t) => !Number.isNaN(total.outcome[t]));
  const reach = last < 0 ? 'no day' : total.periods[last];
  if (last < 0 || reach < study.end)
    throw new InputError(
      'insufficient_data',
      `it runs until ${study.end} and data reach ${reach}; it is read when its window is over, not before`,
    );
  const from = new Date(Date.parse(study.start) - study.pre_days * 86_400_000).toISOString().slice(0, 10);
  const scale = outcome === 'revenue_net' ? 10 ** -currencyExponent(config.reporting.currency) : 1;
  const arms = await readArms(
    warehouse,
    {
      study: study.assignment ?? study.id,
      outcome,
      before_from: from,
      from_date: study.start,
      to_date: study.end,
      reporting_time_zone: config.reporting.time_zone,
    },
    scale,
  );
  const few = arms.find(({ arm, n }) => arm !== '(several)' && n < config.privacy.k);
  if (few !== undefined)
    throw new InputError(
      'insufficient_data',
      `its arm ${few.arm} has fewer than ${config.privacy.k} persons (privacy.k)`,
    );
  const margin = await marginOf(asking);
  const measured = measureUsers(
    arms,
    {
      method: methodOf(study),
      level: study.level,
      plausibleLift: study.plausible_lift,
      margin,
      plannedShare: study.planned_share,
      start: study.start,
      end: study.end,
      registered: study.registered,
    },
    daysBetween(study.start, study.end),
  );
  return { measured, geos: null };
}

/** Before and after on the whole market: a campaign, or a boycott whose places are not known. */
async function measureWhole(asking: Asking): Promise<Found> {
  const { config, panels, asked } = asking;
  const { study } = asked;
  const panel = await panels.total(outcomeOf(study) as PanelColumn);
  const cut = cutPanel(panel, ['all'], [], { start: study.start, end: study.end, preDays: study.pre_days });
  const isBoycott = study.kind === 'boycott';
  const social = isBoycott || study.question === 'posting_sales';
  const exposure = social ? await panels.total(isBoycott ? 'negative_engagements' : 'engagements') : null;
  const engagement = exposure === null ? null : matching(exposure, cut.panel);
  // a campaign that ran all the time is in the time before as well
  const events = config.campaigns
    .filter(({ id, starts }) => !study.campaigns.includes(id) && starts !== undefined && starts > cut.panel.periods[0])
    .filter(({ starts, ends }) => starts! <= study.end && (ends === undefined || ends >= study.start))
    .map(({ id }) => ({ name: id, kind: 'campaign', includedInModel: false }));
  const measured = measureSeries(cut, {
    level: study.level,
    seed: config.models.seed,
    plausibleLift: study.plausible_lift,
    margin: await marginOf(asking),
    inputs: {
      calendar: { events, effect: 0, effectWithout: null },
      ...(engagement === null
        ? {}
        : {
            reverse_causality: { units: 1, periods: cut.panel.periods.length, sales: cut.panel.outcome, engagement },
          }),
    },
    dose: isBoycott && exposure !== null ? { byDay: byDay(exposure), sign: -1 } : null,
  });
  return { measured, geos: null };
}

function byDay({ periods, outcome }: Panel): Map<string, number> {
  return new Map(
    periods.flatMap((day, t): [string, number][] => (Number.isNaN(outcome[t]) ? [] : [[day, outcome[t]]])),
  );
}

/** The three claims of a schedule, the asked one first; each is told even when it cannot be measured. */
async function postingClaimsOf({ warehouse, config, panels, asked }: Asking): Promise<Claim[]> {
  const { study } = asked;
  const ids: ClaimId[] = ['posting_sales', 'posting_engagement', 'engagement_sales'];
  const ordered = [study.question as ClaimId, ...ids.filter((id) => id !== study.question)];
  const asking = { warehouse, config, panels, asked };
  try {
    const log = await readAssignment(warehouse, study.assignment ?? study.id, 'block', config.reporting.time_zone);
    const schedule = scheduleOf(study, log);
    const whole = schedule.regions.length === 1 && schedule.regions[0] === 'all';
    if (!whole) await refuseUnknown(warehouse, schedule.regions);
    const read = (column: PanelColumn): Promise<Panel> => (whole ? panels.total(column) : panels.geo(column));
    const sold = study.question === 'posting_engagement' ? 'revenue_net' : outcomeOf(study);
    const reacted = study.question === 'posting_engagement' ? outcomeOf(study) : 'engagements';
    const found = measurePosting({
      study,
      schedule,
      draw: drawOf(study, log) ?? { loggedBefore: false, registeredBefore: false },
      sales: await read(sold as PanelColumn),
      engagement: await read(reacted as PanelColumn),
      margin: await marginOf(asking),
    });
    const geos = whole ? null : schedule.regions;
    return ordered.map((id): Claim => {
      const head = { ...headOf(asked, id), geos };
      const claim = found[id as keyof typeof found];
      return claim instanceof InputError
        ? { head, measured: null, reason: reasonOf(claim) }
        : { head, measured: claim, reason: null };
    });
  } catch (error) {
    return ordered.map((id): Claim => ({ head: headOf(asked, id), measured: null, reason: reasonOf(error) }));
  }
}

/** The smallest total worth having: the registered share of what was there before, else what pays the spend back. */
async function marginOf({ warehouse, config, asked }: Asking): Promise<(before: number) => number | null> {
  const { study } = asked;
  const { margin, contribution_margin: share } = study;
  if (margin !== undefined) return (before) => (Math.abs(before) > 0 ? margin * Math.abs(before) : null);
  if (share === undefined || outcomeOf(study) !== 'revenue_net') return () => null;
  const minor = 10 ** -currencyExponent(config.reporting.currency);
  const told =
    study.kind === 'users'
      ? null
      : ((await readSpend(warehouse, 'campaign_id', study.campaigns, study, minor)) ??
        (await readSpend(warehouse, 'channel', study.channels, study, minor)));
  const spend = study.spend ?? told?.spend ?? 0;
  return () => (spend > 0 ? spend / share : null);
}
