import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../models/errors.ts';
import { marketFiles } from '../models/simulate/export/files.ts';
import { type Market, simulateMarket } from '../models/simulate/market.ts';
import type { MarketOptions } from '../models/simulate/options.ts';

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
  const files = marketFiles(market).map(({ path, content }) => {
    const target = join(directory, path);
    const bytes = Buffer.from(content, 'utf8');
    try {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes);
    } catch (cause) {
      const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
      throw new InputError(
        isFull ? 'disk_full' : 'not_allowed',
        `${target}: could not be written (${(cause as Error).message}); free some space or choose another --out`,
        { cause },
      );
    }
    return { path, bytes: bytes.length };
  });
  return { market, files };
}
