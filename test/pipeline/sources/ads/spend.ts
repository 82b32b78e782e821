import { existsSync, readFileSync } from 'node:fs';
import type { Receipt } from '../../../../pipeline/ingest.ts';
import type { SourceOption } from '../../../../pipeline/sources/source.ts';
import type { TestWorkspace } from '../../../helpers.ts';

export type Row = Record<string, string | null>;

const fixtures = new URL('../../../../../shared/fixtures/', import.meta.url);

export const hasFixtures = existsSync(fixtures);
export const fixture = (path: string): string => readFileSync(new URL(path, fixtures), 'utf8');

let count = 0;

/** Ingests a text into a source of its own and gives its rows. */
export async function read(
  workspace: TestWorkspace,
  text: string,
  options: Partial<Record<SourceOption, string>> = {},
): Promise<{ receipt: Receipt; rows: (stream: string, columns?: string) => Promise<Row[]>; totals: Row }> {
  const receipt = await workspace.ingestText(text, { source: `ads${++count}`, options });
  const rows = (stream: string, columns = '*'): Promise<Row[]> =>
    workspace.warehouse.rows<Row>(`select ${columns} from raw.${stream} where batch_id = $batch order by line_no`, {
      batch: receipt.batch_id,
    });
  const [totals] = await workspace.warehouse.rows<Row>(
    `select
        cast(sum(cast(spend as decimal(18, 6))) as varchar) as spend,
        cast(sum(cast(impressions as bigint)) as varchar) as impressions,
        cast(sum(cast(clicks_all as bigint)) as varchar) as clicks_all,
        cast(sum(cast(clicks_link as bigint)) as varchar) as clicks_link
     from raw.spend_daily where batch_id = $batch`,
    { batch: receipt.batch_id },
  );
  return { receipt, rows, totals };
}
