// Kills an ingesting process at random moments and counts what was lost, doubled or left half done.
//   npx tsx bench/studies/kill.ts [kills = 200] [seed = 1]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killStudy } from '../../test/robustness/kill-study.ts';

const [kills = '200', seed = '1'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'liftproof-kill-'));
try {
  console.table(await killStudy(folder, Number(kills), Number(seed)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
