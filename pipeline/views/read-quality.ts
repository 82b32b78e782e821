import type { Results } from '../results.ts';

export interface CoverageRow {
  measure: string;
  count: number;
  share: number | null;
  revenue: string | null;
}

/** How much of what was sold could be followed, and how. */
export async function readCoverage(results: Results): Promise<{ orders: CoverageRow[]; touches: CoverageRow[] }> {
  const rows = await results.rows<Record<string, string | number | null>>(
    'select position, measure, count, share, revenue_gross from coverage order by position',
  );
  const read = (row: (typeof rows)[number]): CoverageRow => ({
    measure: String(row.measure),
    count: Number(row.count),
    share: row.share === null ? null : Number(row.share),
    revenue: row.revenue_gross === null ? null : String(row.revenue_gross),
  });
  return {
    orders: rows.filter((row) => Number(row.position) < 20).map(read),
    touches: rows.filter((row) => Number(row.position) >= 20).map(read),
  };
}

export interface SourceFreshness {
  source: string;
  kind: string;
  files: number;
  rows: number;
  rejected: number;
  /** when its newest export was made; null when no export says */
  lastExportedAt: string | null;
}

export async function readSources(results: Results): Promise<SourceFreshness[]> {
  const rows = await results.rows<Record<string, string | number | null>>(
    `select source_id, kind, files, rows_read, rows_rejected,
        strftime(last_exported_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ') as last
     from freshness order by last nulls first, source_id, kind`,
  );
  return rows.map((row) => ({
    source: String(row.source_id),
    kind: String(row.kind),
    files: Number(row.files),
    rows: Number(row.rows_read),
    rejected: Number(row.rows_rejected),
    lastExportedAt: row.last === null ? null : String(row.last),
  }));
}

export async function readUnmapped(results: Results): Promise<Record<string, unknown>[]> {
  return results.rows(
    'select source, campaign, touches, suggested_campaign_id from unmapped order by touches desc, source, campaign',
  );
}
