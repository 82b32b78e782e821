import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeWorkspace } from './make-workspace.ts';
import { SQL_ROOT } from './warehouse.ts';

/** Folder of the sample brand, in a checkout and in an installed package. */
export const SAMPLES = join(dirname(SQL_ROOT), 'data-samples');

/** The exports of the sample brand, by name. */
export function sampleExports(): string[] {
  const folder = join(SAMPLES, 'exports');
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

/** What really caused sales of the sample brand. */
export interface SampleTruth {
  channels: { group: string; incremental_orders: number; incremental_net_revenue: number }[];
  /** what each study of the sample would find if it could see both worlds */
  studies: { id: string; incremental_net_revenue: number }[];
  boycott: { id: string; incremental_net_revenue: number };
}

export function sampleTruth(): SampleTruth {
  return JSON.parse(readFileSync(join(SAMPLES, 'truth.json'), 'utf8')) as SampleTruth;
}

/**
 * Makes a workspace of the sample brand, without data yet. Nobody in it exists: a key that everybody knows makes the sample say
 * the same on every machine.
 *
 * @throws InputError `bad_input` when the folder holds a workspace
 */
export function makeSampleWorkspace(directory: string): void {
  makeWorkspace(directory, readFileSync(join(SAMPLES, 'liftproof.yaml'), 'utf8'), Buffer.alloc(32, 1));
}
