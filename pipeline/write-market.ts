import { join } from 'node:path';
import { marketFiles } from '../models/simulate/export/files.ts';
import { type Market, simulateMarket } from '../models/simulate/market.ts';
import type { MarketOptions } from '../models/simulate/options.ts';
import { writeOutput } from './write-output.ts';

export interface WrittenMarket {
  market: Market;
  /** paths below `directory`, in the order written, and their sizes */
  files: { path: string; bytes: number }[];
}

/**
 * Simulates a market and writes the platforms' exports, panels, `campaigns.yaml` and `truth.json` below a folder.
 *
 * Files of an earlier market with the same names are overwritten; nothing else in the folder is touched.
 *
 * @throws InputError `disk_full` or `not_allowed` when the folder cannot be written
 */
export function writeMarket(directory: string, options: MarketOptions): WrittenMarket {
  const market = simulateMarket(options);
  const files = marketFiles(market).map(({ path, content }) => ({
    path,
    bytes: writeOutput(join(directory, path), content),
  }));
  return { market, files };
}
