import { describe, expect, it } from 'vitest';
import { InputError } from '../../../models/errors.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel } from '../../../models/panel.ts';
import { parseConfig } from '../../../pipeline/config.ts';
import { measurePosting, scheduleOf } from '../../../pipeline/studies/measure-posting.ts';

const FIRST = Date.UTC(2026, 0, 5);
const day = (t: number): string => new Date(FIRST + t * 86_400_000).toISOString().slice(0, 10);
const BLOCKS = 24;

const study = parseConfig(
  `workspace: w
reporting: { time_zone: UTC, currency: EUR }
studies:
  - { id: s, kind: posting, question: posting_sales, start: ${day(0)}, end: ${day(7 * BLOCKS - 1)}, block_days: 7, washout_days: 1 }
`,
  'x',
).studies[0];

const draw = random(2, 'whole market');
const posting = Array.from({ length: BLOCKS / 2 }, () => draw.uniform() < 0.5).flatMap((first) => [first, !first]);
const log = posting.map((on, b) => ({ unit: `all@${day(7 * b)}`, arm: on ? 'on' : 'off', day: day(-3) }));

function panel(effect: number, known = 7 * BLOCKS): Panel {
  const noise = random(3, 'noise');
  return {
    units: ['all'],
    periods: Array.from({ length: 7 * BLOCKS }, (_, t) => day(t)),
    outcome: Float64Array.from({ length: 7 * BLOCKS }, (_, t) =>
      t < known ? 100 + 3 * noise.normal() + (posting[Math.floor(t / 7)] ? effect : 0) : Number.NaN,
    ),
    covariates: {},
  };
}

describe('a schedule for the whole market', () => {
  const schedule = scheduleOf(study, log);

  it('is read from its log, a block a line', () => {
    expect(schedule).toMatchObject({ regions: ['all'], blocks: BLOCKS, blockLength: 7, washout: 1 });
    expect(Array.from(schedule.posting)).toEqual(posting.map(Number));
  });

  it('finds what posting sold, over the days that are read', () => {
    const found = measurePosting({
      study,
      schedule,
      draw: { loggedBefore: true, registeredBefore: true },
      sales: panel(10),
      engagement: panel(0, 0),
      margin: () => null,
    });
    if (found.posting_sales instanceof InputError) throw found.posting_sales;
    const { estimate, graded, counterfactual } = found.posting_sales;
    const cells = (BLOCKS / 2) * 6;
    expect(graded.grade).toBe('A');
    expect(estimate.interval!.lo).toBeLessThan(10 * cells);
    expect(estimate.interval!.hi).toBeGreaterThan(10 * cells);
    expect(counterfactual! / cells).toBeCloseTo(100, -1);
    // engagement was never loaded: its claims say so, and sales are not touched by that
    expect(found.posting_engagement).toBeInstanceOf(InputError);
    expect(found.engagement_sales).toBeInstanceOf(InputError);
  });

  it('gives an engagement no price when posting hardly moved engagement', () => {
    const found = measurePosting({
      study,
      schedule,
      draw: { loggedBefore: true, registeredBefore: true },
      sales: panel(10),
      engagement: panel(0),
      margin: () => null,
    });
    expect((found.engagement_sales as InputError).message).toMatch(/first-stage F is .*, above 10 is needed/);
  });

  it('is not read before its last day', () => {
    const found = measurePosting({
      study,
      schedule,
      draw: { loggedBefore: true, registeredBefore: true },
      sales: panel(10, 7 * BLOCKS - 2),
      engagement: panel(0),
      margin: () => null,
    });
    expect((found.posting_sales as InputError).message).toMatch(/runs until .* and data reach/);
  });

  it('refuses a log that is not such a schedule, and says where', () => {
    const swapped = log.map((row, b) => (b === 3 ? { ...row, arm: log[2].arm } : row));
    expect(() => scheduleOf(study, swapped)).toThrow(/its schedule for all, blocks 3 and 4, is not one on and one off/);
    expect(() => scheduleOf(study, [{ ...log[0], unit: `all@${day(3)}` }])).toThrow(
      /not one of the 24 blocks of 7 days/,
    );
    expect(() => scheduleOf(study, [{ ...log[0], arm: 'maybe' }])).toThrow(
      /an arm maybe; name arms treated or control/,
    );
    expect(() => scheduleOf(study, [])).toThrow(/its schedule was not loaded/);
  });
});
