import type { Report, ReportOptions } from './reports.ts';
import type { Results } from './results.ts';
import { countColumn, makeTable, ratioColumn, textColumn } from './views/make-table.ts';
import { readLags, withShares } from './views/read-lags.ts';

/** How long before an order each channel was first touched: one row per channel and step of time. */
export async function lagsReport(results: Results, options: ReportOptions): Promise<Report> {
  const lags = await readLags(results);
  const rows = [...lags.entries()].flatMap(([channel, parts]) =>
    withShares(parts).map(({ fromHours, toHours, orders, share, within }) => ({
      channel,
      from_hours: fromHours,
      to_hours: toHours,
      orders,
      share: share.toFixed(4),
      within: within.toFixed(4),
    })),
  );
  const table = makeTable(
    [
      textColumn('channel', 'Channel'),
      countColumn('from_hours', 'From, hours'),
      countColumn('to_hours', 'to'),
      countColumn('orders', 'Orders'),
      ratioColumn('share', 'Share'),
      ratioColumn('within', 'Share up to here'),
    ],
    rows,
  );
  const limit = options.limit ?? rows.length;
  const { run, run_hash, time_zone, period, windows, k } = results.manifest;
  return {
    title: 'Time from first touch to order',
    table: {
      ...table,
      rows: table.rows.slice(0, limit),
      truncated: rows.length > limit,
      meta: { run, run_hash, time_zone, period: [period.from, period.to] },
    },
    notes: [
      'When, not because (evidence E). (any) is the first touch of all channels.',
      `Nothing earlier than ${windows.click_days} days is looked at. Steps of fewer than ${k} persons lie together, channels of fewer are left out.`,
    ],
  };
}
