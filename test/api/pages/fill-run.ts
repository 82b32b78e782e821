import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../../pipeline/publish.ts';
import { Warehouse } from '../../../pipeline/warehouse.ts';

/** Puts hand-written tables into a published run: `select` by name of the table. */
export async function fillRun(folder: string, tables: Readonly<Record<string, string>>): Promise<void> {
  const warehouse = await Warehouse.open(':memory:', { threads: 1 });
  try {
    for (const [name, sql] of Object.entries(tables)) {
      const path = join(folder, `${name}.parquet`);
      rmSync(path, { force: true });
      await warehouse.run(`copy (${sql}) to '${path}' (format parquet)`);
    }
  } finally {
    warehouse.close();
  }
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  for (const name of Object.keys(tables))
    if (!manifest.files.some((file) => file.name === `${name}.parquet`))
      manifest.files.push({ name: `${name}.parquet`, sha256: '', rows: 0, bytes: 0, columns: [] });
  writeFileSync(path, JSON.stringify(manifest));
}
