import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { STREAM_NAMES } from '../../pipeline/streams.ts';
import type { Warehouse } from '../../pipeline/warehouse.ts';

/** Every file of a workspace by name and content, but for the warehouse, whose bytes may differ with the same rows in it. */
export function filesOf(directory: string): Record<string, string> {
  const out: Record<string, string> = {};
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = relative(directory, path);
      if (entry.isSymbolicLink()) out[name] = `-> ${readlinkSync(path)}`;
      else if (entry.isDirectory()) walk(path);
      else if (!name.startsWith('warehouse.duckdb'))
        out[name] = createHash('sha256').update(readFileSync(path)).digest('hex');
    }
  };
  walk(directory);
  return out;
}

/** Rows of every raw table: what was loaded. */
export async function rawRows(warehouse: Warehouse): Promise<Record<string, number>> {
  const out: Record<string, number> = {};
  for (const table of ['batch', 'record', 'reject', ...STREAM_NAMES]) {
    out[table] = await warehouse.count(`select count(*) from raw.${table}`);
  }
  return out;
}

/** Waits, looking every few milliseconds, until `isSo`; for what another process does. */
export async function until(isSo: () => boolean, what: string, seconds = 30): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
