import { countColumn, makeTable, shareColumn, textColumn } from '../../pipeline/views/make-table.ts';
import {
  ANY_CHANNEL,
  type LagPart,
  readLags,
  shareWithin,
  timeOfShare,
  withShares,
} from '../../pipeline/views/read-lags.ts';
import { drawBars } from './charts/rows.ts';
import { drawShares, shapeOfLine } from './charts/shares.ts';
import { number, percent } from './format.ts';
import type { Figure, PageCall } from './page.ts';
import { SOCIAL_CHANNELS } from './social.ts';

/** `an hour`, `24 hours`, `7 days` */
function time(hours: number): string {
  if (hours === 1) return 'an hour';
  return hours <= 24 ? `${hours} hours` : `${hours / 24} days`;
}

/** `under an hour`, `1 to 24 hours`, `3 to 7 days`, `90 days or more` */
export function span({ fromHours, toHours }: LagPart): string {
  if (toHours === null) return fromHours === 0 ? 'any time' : `${time(fromHours)} or more`;
  if (fromHours === 0) return `under ${time(toHours)}`;
  if (fromHours < 24 && toHours <= 24) return `${fromHours} to ${toHours} hours`;
  return fromHours < 24
    ? `${fromHours === 1 ? '1 hour' : `${fromHours} hours`} to ${time(toHours)}`
    : `${fromHours / 24} to ${toHours / 24} days`;
}

function within(parts: readonly LagPart[], share: number): string {
  const hours = timeOfShare(parts, share);
  return hours === null ? `later than ${time(parts[parts.length - 1].fromHours)} after it` : `within ${time(hours)}`;
}

const COLUMNS = [
  textColumn('channel', 'Channel first touched'),
  textColumn('time', 'Time before the order'),
  countColumn('orders', 'Orders'),
  shareColumn('share', 'Share'),
  shareColumn('within', 'Share up to here'),
];

function rowsOf(channel: string, parts: readonly LagPart[]): Record<string, unknown>[] {
  return withShares(parts).map((part) => ({
    channel: channel === ANY_CHANNEL ? 'any channel' : channel,
    time: span(part),
    orders: part.orders,
    share: part.share,
    within: part.within,
  }));
}

/** How long people took from their first known touch to the order. */
export async function orderLagFigure(call: PageCall): Promise<Figure | undefined> {
  const lags = await readLags(call.results);
  const parts = lags.get(ANY_CHANNEL) ?? [];
  const whole = parts.reduce((sum, part) => sum + part.orders, 0);
  if (whole === 0) return undefined;
  const days = call.results.manifest.windows.click_days;
  return {
    id: 'time-lag',
    title: 'How long before the order it began',
    summary: `Of ${number(whole)} orders whose first touch has a time, half came ${within(parts, 0.5)} of it and nine in ten ${within(parts, 0.9)}.`,
    draw: (width) =>
      drawBars(
        parts.map((part) => ({
          label: span(part),
          value: part.orders,
          text: `${number(part.orders)} (${percent(part.orders / whole)})`,
        })),
        { width, format: (value) => number(value) },
      ),
    table: makeTable(
      COLUMNS,
      [...lags.entries()].flatMap(([channel, own]) => rowsOf(channel, own)),
    ),
    how: 'lags',
    notes: [
      `From the first touch of a known channel to the order. Nothing earlier than ${number(days)} days is looked at, so what takes longer is not here. The table has it for each channel.`,
    ],
  };
}

/** How long engagement takes to become an order: the share of orders that were there by a day, for each social channel. */
export async function engagementLagFigure(call: PageCall): Promise<Figure | undefined> {
  const lags = await readLags(call.results);
  const known = SOCIAL_CHANNELS.flatMap((channel) => {
    const parts = lags.get(channel);
    return parts === undefined || shareWithin(parts).length === 0 ? [] : [{ channel, parts }];
  }).slice(0, 8);
  if (known.length === 0) return undefined;
  const told = [...known].sort((a, b) => sumOf(b.parts) - sumOf(a.parts));
  const [most] = told;
  // a curve of one point says nothing of its shape
  const curves = told.filter(({ parts }) => shareWithin(parts).length > 1);
  return {
    id: 'engagement-lag',
    title: 'How long from engagement to the order',
    summary: `${most.channel}: half of its ${number(sumOf(most.parts))} orders came ${within(most.parts, 0.5)} of the first touch, nine in ten ${within(most.parts, 0.9)}.`,
    draw:
      curves.length === 0
        ? undefined
        : (width) =>
            drawShares(
              curves.map(({ parts }, colour) => ({
                colour,
                points: shareWithin(parts).map(({ hours, share }) => ({ x: hours / 24, share })),
              })),
              { width, formatX: (value) => (value === 0 ? '0' : `${number(value)} d`), half: 'half of the orders' },
            ),
    keys: curves.map(({ channel }, colour) => ({
      label: channel,
      series: colour + 1,
      shape: shapeOfLine(colour),
    })),
    table: makeTable(
      COLUMNS,
      told.flatMap(({ channel, parts }) => rowsOf(channel, parts)),
    ),
    how: 'lags',
    notes: [
      'Share of the orders that came within so many days of the first touch of the channel. Points are counted, lines only join them; days of too few orders are one step. An order counts in each channel that it had. Association, not effect: it says when, not because.',
    ],
  };
}

function sumOf(parts: readonly LagPart[]): number {
  return parts.reduce((sum, part) => sum + part.orders, 0);
}
