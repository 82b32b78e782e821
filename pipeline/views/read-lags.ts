import type { Results } from '../results.ts';
import { hasTable } from './make-table.ts';

/** Orders by the time between the first touch of a channel and the order; adjoining, from 0 on. */
export interface LagPart {
  fromHours: number;
  /** null where the time has no end */
  toHours: number | null;
  orders: number;
}

/** Name of the first of all channels. */
export const ANY_CHANNEL = '(any)';

/** Time from first touch to order, by channel; empty in runs of earlier versions. */
export async function readLags(results: Results): Promise<Map<string, LagPart[]>> {
  const lags = new Map<string, LagPart[]>();
  if (!hasTable(results, 'order_lag')) return lags;
  const rows = await results.rows<Record<string, unknown>>(
    'select channel, from_hours, to_hours, orders from order_lag order by channel, from_hours',
  );
  for (const row of rows) {
    const channel = String(row.channel);
    const part = {
      fromHours: Number(row.from_hours),
      toHours: row.to_hours === null ? null : Number(row.to_hours),
      orders: Number(row.orders),
    };
    lags.set(channel, [...(lags.get(channel) ?? []), part]);
  }
  return lags;
}

/** Each part with its share of the orders, and the share that had come by its end. */
export function withShares(parts: readonly LagPart[]): (LagPart & { share: number; within: number })[] {
  const whole = parts.reduce((sum, part) => sum + part.orders, 0);
  let seen = 0;
  return parts.map((part) => {
    seen += part.orders;
    return { ...part, share: part.orders / whole, within: seen / whole };
  });
}

/** The share of orders that had come by each time that is known. */
export function shareWithin(parts: readonly LagPart[]): { hours: number; share: number }[] {
  return withShares(parts).flatMap(({ toHours, within }) =>
    toHours === null ? [] : [{ hours: toHours, share: within }],
  );
}

/** The first known time within which at least this share of the orders came; null where that time has no end. */
export function timeOfShare(parts: readonly LagPart[], share: number): number | null {
  return shareWithin(parts).find((point) => point.share >= share)?.hours ?? null;
}
