import { InputError } from '../../models/errors.ts';
import { currencyExponent } from '../../models/numeric/money.ts';
import type { Panel } from '../../models/panel.ts';
import type { Config } from '../config.ts';
import { daysBetween, methodOf, outcomeOf } from '../config-studies.ts';
import type { Panels } from '../measure-lift.ts';
import type { Warehouse } from '../warehouse.ts';
import { type Asked, type Asking, type Found, marginOf } from './asking.ts';
import type { Claim, ClaimHead, ClaimId } from './claim.ts';
import { matching } from './feed-gates.ts';
import { drawOf, measureGeoStudy, refuseUnknown } from './measure-geo-study.ts';
import { measurePosting, scheduleOf } from './measure-posting.ts';
import { measureSeries } from './measure-series.ts';
import { measureUsers } from './measure-users.ts';
import { reasonOf } from './put-in-words.ts';
import { cutPanel, type PanelColumn, readArms, readAssignment, readSpend } from './read-panels.ts';

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
    await askOne({ ...asking, asked: engaged }, 'posting_engagement', headOf(asked, 'posting_engagement')),
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
        ? measureGeoStudy(asking)
        : measureWhole(asking));
    const subject =
      found.readUntil === study.end ? head.subject : head.subject.replace(/\)$/, `, read up to ${found.readUntil})`);
    return {
      head: await withSpendQuestion(asking, { ...head, subject, geos: found.geos }),
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

async function measureUserStudy(asking: Asking): Promise<Found> {
  const { warehouse, config, panels, asked } = asking;
  const { study } = asked;
  const outcome = outcomeOf(study);
  const total = await panels.total(outcome as PanelColumn);
  const last = total.periods.findLastIndex((_, t) => !Number.isNaN(total.outcome[t]));
  const reach = last < 0 ? 'no day' : total.periods[last];
  if (last < 0 || reach < (study.always_valid ? study.start : study.end))
    throw new InputError(
      'insufficient_data',
      study.always_valid
        ? `it starts on ${study.start} and data reach ${reach}`
        : `it runs until ${study.end} and data reach ${reach}; it is read when its window is over, not before`,
    );
  const [until] = [reach, study.end].sort();
  const from = new Date(Date.parse(study.start) - study.pre_days * 86_400_000).toISOString().slice(0, 10);
  const scale = outcome === 'revenue_net' ? 10 ** -currencyExponent(config.reporting.currency) : 1;
  const arms = await readArms(
    warehouse,
    {
      study: study.assignment ?? study.id,
      outcome,
      before_from: from,
      from_date: study.start,
      to_date: until,
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
      end: until,
      registered: study.registered,
      alwaysValidFor: study.always_valid ? study.planned_users! : null,
    },
    daysBetween(study.start, until),
  );
  return { measured, geos: null, readUntil: until };
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
  return { measured, geos: null, readUntil: study.end };
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
