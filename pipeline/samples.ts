import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SAMPLE } from '../models/simulate/sample-market.ts';
import { makeWorkspace } from './make-workspace.ts';
import { SQL_ROOT } from './sql-files.ts';
import { writeMarket } from './write-market.ts';

/** Folder of the sample brand, in a checkout and in an installed package. */
export const SAMPLES = join(dirname(SQL_ROOT), 'data-samples');

/** What really caused sales of the sample brand. */
export interface SampleTruth {
  channels: { group: string; incremental_orders: number; incremental_net_revenue: number }[];
  /** what each study of the sample would find if it could see both worlds */
  studies: { id: string; incremental_net_revenue: number }[];
  boycott: { id: string; incremental_net_revenue: number };
}

/** A brand whose truth is known: its exports, its configuration and what really happened. */
export interface SampleBrand {
  /** files in the platforms' export formats, by name */
  exports: string[];
  configText: string;
  truth: SampleTruth;
}

/** The brand that travels with the package. */
export function keptBrand(): SampleBrand {
  return brandIn(SAMPLES, readFileSync(join(SAMPLES, 'liftproof.yaml'), 'utf8'));
}

/**
 * The same brand in another world: other people, other luck, the same campaigns and tests.
 *
 * @param folder  its files are written there
 */
export function simulatedBrand(folder: string, seed: number): SampleBrand {
  writeMarket(folder, { ...SAMPLE, seed });
  const kept = readFileSync(join(SAMPLES, 'liftproof.yaml'), 'utf8');
  const campaigns = readFileSync(join(folder, 'campaigns.yaml'), 'utf8');
  // ids of ads and posts are drawn: the map that names them comes with the world
  const text = kept.replace(readFileSync(join(SAMPLES, 'campaigns.yaml'), 'utf8'), () => campaigns);
  if (text === kept)
    throw new Error('the campaigns of the sample do not stand in its liftproof.yaml as they were simulated');
  return brandIn(folder, text);
}

function brandIn(folder: string, configText: string): SampleBrand {
  const names = readdirSync(join(folder, 'exports')).sort();
  return {
    exports: names.map((name) => join(folder, 'exports', name)),
    configText,
    truth: JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as SampleTruth,
  };
}

/**
 * Makes a workspace of the sample brand, without data yet. Nobody in it exists: a key that everybody knows makes the sample say
 * the same on every machine.
 *
 * @throws InputError `bad_input` when the folder holds a workspace
 */
export function makeSampleWorkspace(directory: string, { configText }: SampleBrand = keptBrand()): void {
  makeWorkspace(directory, configText, Buffer.alloc(32, 1));
}
