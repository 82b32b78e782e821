import { gradeClaim } from '../models/evidence.ts';
import { multiplicityGate } from '../models/lift/gates/multiplicity.ts';
import { benjaminiHochberg, shrinkWinners } from '../models/lift/multiplicity.ts';
import { currencyExponent } from '../models/numeric/money.ts';
import type { Panel } from '../models/panel.ts';
import type { Config } from './config.ts';
import type { Study } from './config-studies.ts';
import { askAll } from './studies/ask.ts';
import type { Asked } from './studies/asking.ts';
import type { Claim, Measured } from './studies/claim.ts';
import { type Money, putInWords } from './studies/put-in-words.ts';
import { type PanelColumn, readGeoPanel, readSpend, readTotalPanel } from './studies/read-panels.ts';
import type { Warehouse } from './warehouse.ts';
import { type PublishedClaim, writeLift } from './write-lift.ts';

/** Panels of a run, each read once. */
export interface Panels {
  geo(column: PanelColumn): Promise<Panel>;
  total(column: PanelColumn): Promise<Panel>;
}

/**
 * Measures every registered study, and campaigns without one as before and after, on the panels of the workspace; grades them, counts
 * what was looked at, and writes `result.lift_*`.
 *
 * A study that cannot be measured stands there with its reason; it never stops the run.
 */
export async function measureStudies(
  warehouse: Warehouse,
  config: Config,
  progress?: (message: string) => void,
): Promise<void> {
  const panels = panelsOf(warehouse);
  const claims: Claim[] = [];
  for (const asked of askedOf(config)) {
    progress?.(`study ${asked.studyId}`);
    claims.push(...(await askAll(warehouse, config, panels, asked)));
  }
  const counted = countedTogether(claims);
  const published: PublishedClaim[] = [];
  for (const [i, claim] of counted.claims.entries()) {
    const money = await moneyOf(warehouse, config, claim);
    published.push({
      claim,
      words: putInWords(claim, money),
      spend: money.spend,
      lookedAt: counted.lookedAt,
      qValue: counted.qValues[i],
      shrunken: counted.shrunken[i],
    });
  }
  await writeLift(warehouse, published);
}

/** Answers from other data than those that were just built are none: a run that is killed before it measures leaves nothing to trust. */
export async function forgetStudies(warehouse: Warehouse): Promise<void> {
  await warehouse.run('delete from result.lift_study');
}

/** Whether every question of the configuration stands in the warehouse, as an earlier run left it. */
export async function isMeasured(warehouse: Warehouse, config: Config): Promise<boolean> {
  const rows = await warehouse.rows<{ study_id: string }>('select study_id from result.lift_study');
  return askedOf(config).every(({ studyId }) => rows.some(({ study_id }) => study_id === studyId));
}

/** Registered studies as they stand, then the campaigns that no study asks about. */
function askedOf(config: Config): Asked[] {
  const currency = config.reporting.currency;
  const registered = config.studies.map((study): Asked => {
    const driver = [...study.campaigns, ...study.channels];
    return {
      studyId: study.id,
      study,
      isRegistered: true,
      currency,
      driver: driver.length === 0 ? null : driver.join(','),
    };
  });
  if (!config.lift.read_campaigns) return registered;
  const asked = new Set(config.studies.flatMap(({ campaigns }) => campaigns));
  const campaigns = config.campaigns
    .filter(({ id, starts }) => !asked.has(id) && starts !== undefined)
    .map(({ id, starts, ends }): Asked => {
      const study: Study = {
        id,
        kind: 'campaign',
        question: 'posting_sales',
        campaigns: [id],
        channels: [],
        start: starts!,
        end: ends ?? starts!,
        pre_days: 180,
        level: 0.9,
        treated: [],
        starts: {},
        excluded: [],
        neighbours: [],
        negative_controls: [],
        pairs: [],
        always_valid: false,
        washout_days: 0,
        seed: config.models.seed,
        because_sales_moved: false,
        plausible_lift: 0.1,
      };
      return {
        studyId: `campaign:${id}`,
        study,
        isRegistered: false,
        currency,
        driver: id,
        ...(ends === undefined ? { refused: 'it has no last day yet; give the campaign an end' } : {}),
      };
    });
  return [...registered, ...campaigns];
}

function panelsOf(warehouse: Warehouse): Panels {
  const kept = new Map<string, Promise<Panel>>();
  const once = (key: string, read: () => Promise<Panel>): Promise<Panel> => {
    const known = kept.get(key) ?? read();
    kept.set(key, known);
    return known;
  };
  return {
    geo: (column) => once(`geo ${column}`, () => readGeoPanel(warehouse, column)),
    total: (column) => once(`total ${column}`, () => readTotalPanel(warehouse, column)),
  };
}

/** The best of many is partly lucky: p-values are adjusted for all that was looked at, and values drawn towards their mean. */
function countedTogether(claims: readonly Claim[]): {
  claims: Claim[];
  lookedAt: number;
  qValues: (number | null)[];
  shrunken: (number | null)[];
} {
  const tested = claims.flatMap(({ measured }, i) =>
    measured !== null && measured.estimate.pValue !== null ? [i] : [],
  );
  const pValues = tested.map((i) => claims[i].measured!.estimate.pValue!);
  const adjusted = benjaminiHochberg(pValues);
  const qValues: (number | null)[] = claims.map(() => null);
  tested.forEach((i, at) => {
    qValues[i] = adjusted[at];
  });
  const regraded = claims.map((claim, i): Claim => {
    const index = tested.indexOf(i);
    return index < 0 ? claim : { ...claim, measured: lookedAtTogether(claim.measured!, pValues, index) };
  });
  const shrunken: (number | null)[] = claims.map(() => null);
  // only what is counted in one unit has one mean; a value per engagement, and a loss, are of other kinds
  const unitOf = ({ head }: Claim): string =>
    `${head.unit} ${head.outcome} ${head.claim === 'engagement_sales' || head.claim === 'boycott_sales' ? head.claim : ''}`;
  for (const unit of new Set(claims.map(unitOf))) {
    const own = claims.flatMap((claim, i) => {
      const error = claim.measured?.estimate.standardError ?? null;
      return unitOf(claim) === unit && error !== null && error > 0 ? [i] : [];
    });
    const drawn = shrinkWinners(
      own.map((i) => ({
        value: claims[i].measured!.estimate.value,
        standardError: claims[i].measured!.estimate.standardError!,
      })),
    );
    own.forEach((i, at) => {
      shrunken[i] = drawn[at].value;
    });
  }
  return { claims: regraded, lookedAt: tested.length, qValues, shrunken };
}

function lookedAtTogether(measured: Measured, pValues: readonly number[], index: number): Measured {
  const { design, estimate, equivalence } = measured;
  const gates = measured.gates.map((gate) =>
    gate.gate === 'multiplicity' ? multiplicityGate({ pValues, index }) : gate,
  );
  return { ...measured, gates, graded: gradeClaim({ design, gates, estimate, equivalence }) };
}

async function moneyOf(warehouse: Warehouse, config: Config, { head }: Claim): Promise<Money> {
  const study = config.studies.find(({ id }) => id === head.study);
  const campaigns = study === undefined ? [head.study] : study.campaigns;
  const channels = study?.channels ?? [];
  const minor = 10 ** -currencyExponent(config.reporting.currency);
  const window = { start: head.start, end: head.end };
  const read =
    (await readSpend(warehouse, 'campaign_id', campaigns, window, minor)) ??
    (await readSpend(warehouse, 'channel', channels, window, minor));
  // spend of everybody is not the spend on the users of a test
  const told = head.kind === 'users' ? null : read;
  const spend = study?.spend ?? told?.spend ?? null;
  return {
    spend: spend === null ? null : Math.round(spend / minor) * minor,
    claimedRoas: told !== null && told.spend > 0 && told.claimed > 0 ? told.claimed / told.spend : null,
    contributionMargin: study?.contribution_margin ?? null,
  };
}
