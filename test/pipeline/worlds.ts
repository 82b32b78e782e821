import { random } from '../../models/numeric/random.ts';
import { buildWhole } from '../../pipeline/build.ts';
import { measureStudies } from '../../pipeline/measure-lift.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestPlain, type PlainRows } from '../sql/plain.ts';

export type Row = Record<string, string | null>;

/** What was published of a world, by claim. */
export interface Measured {
  workspace: TestWorkspace;
  study(id: string): Promise<Row & { value: string }>;
  rows(table: string, id: string): Promise<Row[]>;
}

const FIRST = Date.UTC(2026, 0, 1);
export const day = (t: number): string => new Date(FIRST + t * 86_400_000).toISOString().slice(0, 10);
export const HEAD =
  'workspace: lift\nreporting: { time_zone: UTC, currency: EUR }\njourneys: { conversions: [purchase] }\n';

/** One sale a geo and day, of a different buyer each: a panel with nothing else around it. */
export function sales(cells: readonly { region: string; t: number; revenue: number }[]): PlainRows {
  return {
    conversion: cells.map(({ region, t, revenue }) => ({
      conversion_id: `${region}-${t}`,
      kind: 'purchase',
      converted_at: `${day(t)}T12:00:00Z`,
      customer_key: `buyer-${region}-${t}@example.com`,
      revenue: revenue.toFixed(2),
      currency: 'EUR',
      has_analytics_consent: 'true',
      country: 'FR',
      region,
    })),
  };
}

/** Geos that share a shock with their own load, weekdays, and noise of their own. */
export function geoWorld(
  seed: number,
  geos: number,
  days: number,
  effect: (region: string, t: number) => number,
  noise = 3,
): { region: string; t: number; revenue: number }[] {
  const draw = random(seed, 'geo world');
  const shock = Array.from({ length: days }, () => draw.normal());
  return Array.from({ length: geos }, (_, g) => `G${String(g + 1).padStart(2, '0')}`).flatMap((region) => {
    const size = 80 + 60 * draw.uniform();
    const load = 4 + 6 * draw.uniform();
    return shock.map((z, t) => ({
      region,
      t,
      revenue: Math.max(
        1,
        size + load * z + 6 * Math.sin((2 * Math.PI * t) / 7) + noise * draw.normal() + effect(region, t),
      ),
    }));
  });
}

export async function measured(config: string, ...rows: PlainRows[]): Promise<Measured> {
  const workspace = await testWorkspace(config);
  for (const part of rows) await ingestPlain(workspace, part);
  await buildWhole(workspace.warehouse, workspace.config);
  await measureStudies(workspace.warehouse, workspace.config);
  return {
    workspace,
    async study(id) {
      const found = await workspace.warehouse.rows<Row & { value: string }>(
        'select * from result.lift_study where study_id = $id',
        { id },
      );
      if (found.length !== 1) throw new Error(`${found.length} rows of ${id}`);
      return found[0];
    },
    rows: (table, id) =>
      workspace.warehouse.rows<Row>(`select * from result.${table} where study_id = $id order by all`, { id }),
  };
}

export const inside = (row: Row, truth: number): boolean =>
  Number(row.value_lo) <= truth && truth <= Number(row.value_hi);
