import { describe, expect, test } from 'vitest';
import { InputError } from '../../../models/errors.ts';
import { geoDesign } from '../../../models/lift/design-geo.ts';
import { placeboReadOut, screeningReadOut } from '../../../models/lift/geo-read-out.ts';
import { type LiftOptions, liftReplicates, measureLift } from '../../../models/lift/index.ts';
import { panelClaim } from '../../../models/lift/panel-claim.ts';
import { geoDesignInWorkers, measureLiftInWorkers, panelClaimInWorkers } from '../../../pipeline/workers/lift.ts';
import { makePanel } from '../../models/lift/gates/panels.ts';

const { panel, treatment } = makePanel(3, { units: 14, periods: 60, start: 48, treated: 2, effect: 2 });
const units = [...treatment.firstTreated.keys()];
const staggered = {
  firstTreated: new Map([
    [units[0], 46],
    [units[1], 50],
  ]),
};

describe('lift in worker threads', () => {
  test('one worker, two, three or none give the same bytes', async () => {
    const alone = JSON.stringify(measureLift(panel, treatment, { method: 'sc' }));
    for (const workers of [0, 1, 2, 3]) {
      expect(JSON.stringify(await measureLiftInWorkers(panel, treatment, { method: 'sc' }, workers))).toBe(alone);
    }
  });

  test.each([
    { method: 'ascm', standardError: 'conformal' },
    { method: 'sc', standardError: 'jackknife_plus' },
    { method: 'sdid', standardError: 'bootstrap', draws: 40 },
  ] as LiftOptions[])('whatever the replicates are: %o', async (options) => {
    const alone = JSON.stringify(measureLift(panel, treatment, options));
    expect(JSON.stringify(await measureLiftInWorkers(panel, treatment, options, 2))).toBe(alone);
  });

  test('a method without replicates starts no thread', async () => {
    const options: LiftOptions = { method: 'bsts', bsts: { iterations: 120 } };
    expect(liftReplicates(panel, treatment, options)).toBeNull();
    expect(await measureLiftInWorkers(panel, treatment, options, 3)).toEqual(measureLift(panel, treatment, options));
  });

  test.each([
    { method: 'callaway_santanna', draws: 40 },
    { method: 'sdid', draws: 40 },
  ] as LiftOptions[])('staggered starts too: %o', async (options) => {
    expect(liftReplicates(panel, staggered, options)!.count).toBe(40);
    const alone = JSON.stringify(measureLift(panel, staggered, options));
    expect(JSON.stringify(await measureLiftInWorkers(panel, staggered, options, 2))).toBe(alone);
  });

  test('a graded claim, its calibration split, is the same claim', async () => {
    const options = { seed: 4, draws: 60, calibration: { assignments: 30, draws: 15 }, margin: 0.5 };
    const alone = JSON.stringify(panelClaim(panel, treatment, options));
    expect(JSON.stringify(await panelClaimInWorkers(panel, treatment, options, 2))).toBe(alone);
  });

  test('a geo design, screened and confirmed in threads, is the same plan', async () => {
    const search = { durations: [6, 8], sizes: [1], effects: [0.05, 0.1], windows: 4, confirm: 3, target: 0.1 };
    const alone = geoDesign(panel, {
      ...search,
      readOut: placeboReadOut({ seed: 2, draws: 30 }),
      screen: screeningReadOut({ seed: 2, draws: 30 }),
    });
    for (const workers of [0, 2]) {
      const spread = await geoDesignInWorkers(panel, { ...search, seed: 2, draws: 30, screen: true }, workers);
      expect(JSON.stringify(spread)).toBe(JSON.stringify(alone));
    }
  });

  test('what a caller can mend is told as without threads', async () => {
    await expect(measureLiftInWorkers(panel, treatment, { method: 'sc', draws: 3 }, 2)).rejects.toThrow(InputError);
    await expect(geoDesignInWorkers(panel, { durations: [40], draws: 30, seed: 1, screen: true }, 2)).rejects.toThrow(
      /shorter test/,
    );
  });
});
