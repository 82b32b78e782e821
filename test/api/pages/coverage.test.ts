import { describe, expect, it } from 'vitest';
import { earlierReadings } from '../../../api/pages/coverage.tsx';
import type { Study } from '../../../pipeline/views/read-studies.ts';

const said = (id: string, value: number | null, lo: number | null, hi: number | null, unit = 'EUR'): Study =>
  ({ id, unit, value, lo, hi }) as Study;

describe('what earlier runs said of a study', () => {
  const now = [said('a', 10, 5, 15), said('b', 3, 1, 5), said('waiting', null, null, null)];

  it('holds what is said now, or does not', () => {
    const runs = [
      { madeAt: 'second', studies: [said('a', 9, 6, 12)] },
      { madeAt: 'first', studies: [said('a', 4, 1, 7)] },
    ];
    expect(earlierReadings(runs, now).map(({ madeAt, isWithin, isChanged }) => [madeAt, isWithin, isChanged])).toEqual([
      ['second', true, true],
      ['first', false, true],
    ]);
  });

  it('counts a reading that was only published again once', () => {
    const runs = [
      { madeAt: 'third', studies: [said('a', 10, 5, 15), said('b', 2, 0, 4)] },
      { madeAt: 'second', studies: [said('a', 9, 6, 12), said('b', 2, 0, 4)] },
      { madeAt: 'first', studies: [said('a', 9, 6, 12)] },
    ];
    expect(
      earlierReadings(runs, now)
        .filter((one) => one.isChanged)
        .map(({ id, madeAt }) => `${id} ${madeAt}`),
    ).toEqual(['b third', 'a second']);
  });

  it('leaves out what has no interval, another unit, or is not asked any more', () => {
    const runs = [
      {
        madeAt: 'first',
        studies: [said('a', 1, null, null), said('b', 3, 1, 5, 'USD'), said('gone', 1, 0, 2), said('waiting', 1, 0, 2)],
      },
    ];
    expect(earlierReadings(runs, now)).toEqual([]);
  });
});
