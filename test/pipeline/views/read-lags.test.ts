import { describe, expect, it } from 'vitest';
import { type LagPart, shareWithin, timeOfShare } from '../../../pipeline/views/read-lags.ts';

const part = (fromHours: number, toHours: number | null, orders: number): LagPart => ({ fromHours, toHours, orders });

describe('time from first touch to order', () => {
  const parts = [part(0, 1, 5), part(1, 48, 3), part(48, null, 2)];

  it('adds up the shares; where the time has no end there is no point', () => {
    expect(shareWithin(parts)).toEqual([
      { hours: 1, share: 0.5 },
      { hours: 48, share: 0.8 },
    ]);
  });

  it('names the time within which a share of the orders came, or none when it has no end', () => {
    expect(timeOfShare(parts, 0.5)).toBe(1);
    expect(timeOfShare(parts, 0.51)).toBe(48);
    expect(timeOfShare(parts, 0.9)).toBeNull();
  });
});
