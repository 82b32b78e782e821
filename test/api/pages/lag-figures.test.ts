import { describe, expect, it } from 'vitest';
import { span } from '../../../api/pages/lag-figures.tsx';
import type { LagPart } from '../../../pipeline/views/read-lags.ts';

const part = (fromHours: number, toHours: number | null, orders: number): LagPart => ({ fromHours, toHours, orders });

describe('time from first touch to order on a page', () => {
  it('is said in hours and days', () => {
    expect(
      [part(0, 1, 1), part(1, 24, 1), part(1, 72, 1), part(72, 168, 1), part(2160, null, 1), part(0, null, 1)].map(
        span,
      ),
    ).toEqual(['under an hour', '1 to 24 hours', '1 hour to 3 days', '3 to 7 days', '90 days or more', 'any time']);
  });
});
