import { random } from '../../models/numeric/random.ts';
import type { Claim } from '../../pipeline/studies/claim.ts';
import { measurePanel } from '../../pipeline/studies/measure-panel.ts';
import { putInWords } from '../../pipeline/studies/put-in-words.ts';
import { cutPanel } from '../../pipeline/studies/read-panels.ts';
import type { Warehouse } from '../../pipeline/warehouse.ts';
import { writeLift } from '../../pipeline/write-lift.ts';

/** Writes one measured study into `result.lift_*`, for tests of what is built on these tables. */
export async function plantLift(warehouse: Warehouse): Promise<void> {
  const draw = random(1, 'planted lift');
  const units = Array.from({ length: 14 }, (_, g) => `G${g}`);
  const periods = Array.from({ length: 40 }, (_, t) => new Date(Date.UTC(2026, 0, 1 + t)).toISOString().slice(0, 10));
  const outcome = Float64Array.from(
    units.flatMap((_, g) => periods.map((_, t) => 50 + g + 3 * draw.normal() + (g === 0 && t >= 30 ? 20 : 0))),
  );
  const window = { start: periods[30], end: periods[39], preDays: 90 };
  const measured = await measurePanel(cutPanel({ units, periods, outcome, covariates: {} }, ['G0'], [], window), {
    method: 'sc',
    level: 0.9,
    seed: 1,
    plausibleLift: 0.5,
    margin: () => null,
    pairs: [],
    becauseSalesMoved: false,
    draw: null,
    inputs: {},
    refutation: { neighbours: [], controls: [] },
  });
  const claim: Claim = {
    head: {
      studyId: 'planted',
      study: 'planted',
      kind: 'geo',
      question: 'spend_sales',
      claim: 'spend_sales',
      isRegistered: true,
      outcome: 'revenue_net',
      unit: 'EUR',
      driver: 'spring',
      subject: 'Spend on spring (study planted, 2026-01-31 to 2026-02-09)',
      geos: ['G0'],
      start: window.start,
      end: window.end,
      method: 'sc',
      level: 0.9,
    },
    measured,
    reason: null,
  };
  const money = { spend: 100, claimedRoas: 4, contributionMargin: 0.5 };
  await writeLift(warehouse, [
    { claim, words: putInWords(claim, money), spend: 100, lookedAt: 1, qValue: 0.1, shrunken: null },
  ]);
}
