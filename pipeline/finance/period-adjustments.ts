import { eq } from 'drizzle-orm';
import { financePeriod } from '../control/schema.ts';
import type { ControlDatabase } from '../control/store.ts';
import type { Results } from '../results.ts';
import { publishedPeriods, roiTable } from '../roi-table.ts';
import { type Basis, ledgerLines, type PeriodRow, type PeriodSettings } from './period-store.ts';
import { adjustmentLines, withAdjustments } from './restate.ts';
import { lineId, type RoiLine } from './roi-line.ts';

/**
 * Late facts of locked periods, for the first later period that is not locked: the difference between what a locked period would
 * be now, and what was reported of it, then and in adjustments since.
 */
export async function adjustmentsFor(
  db: ControlDatabase,
  workspace: string,
  results: Results,
  period: string,
  basis: Basis,
  version: number,
): Promise<RoiLine[]> {
  const rows = await db.select().from(financePeriod).where(eq(financePeriod.workspace, workspace));
  const stored = new Map(rows.map((row) => [row.period, row]));
  const published = await publishedPeriods(results);
  const isLocked = (id: string): boolean => stored.get(id)?.state === 'locked';
  const own = published.find((one) => one.period === period);
  if (own === undefined) return [];
  const out: RoiLine[] = [];
  for (const earlier of published) {
    const row = stored.get(earlier.period);
    if (row === undefined || !isLocked(earlier.period) || earlier.end >= own.start) continue;
    // adjustments are told under the basis that the locked period was reported by
    if (((row.settings as PeriodSettings).basis ?? 'order_date') !== basis) continue;
    const taker = published.find((one) => one.start > earlier.end && !isLocked(one.period));
    if (taker?.period !== period) continue;
    const told = await toldOf(db, workspace, row, rows, period);
    const { lines } = await roiTable(results, { period: earlier.period, basis });
    const into = {
      period,
      period_start: own.start,
      period_end: own.end,
      period_state: stored.get(period)?.state ?? 'open',
      version: String(version),
      run_id: results.manifest.run,
    };
    out.push(...adjustmentLines(told, lines, into, lineId));
  }
  return out;
}

/** What was reported of a period: its lines, and what locked periods since have taken up of it. */
async function toldOf(
  db: ControlDatabase,
  workspace: string,
  row: PeriodRow,
  rows: readonly PeriodRow[],
  except: string,
): Promise<RoiLine[]> {
  const lines = (await ledgerLines(db, workspace, row.period, row.version)).filter(
    (line) => line.row_type !== 'prior_period_adjustment' && line.row_type !== 'total',
  );
  const adjustments: RoiLine[] = [];
  for (const later of rows) {
    if (later.state !== 'locked' || later.period === except) continue;
    const taken = await ledgerLines(db, workspace, later.period, later.version);
    adjustments.push(...taken.filter((line) => line.adjusts_period === row.period));
  }
  return withAdjustments(lines, adjustments, row.period, lineId);
}
