/**
 * Every performance line, one after the other, each in a process of its own so that its memory is its own.
 *
 *     npm run bench                 all lines
 *     npm run bench -- journeys     only those whose name holds the word
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

const LINES: readonly (readonly [name: string, script: string, ...args: string[]])[] = [
  ['journeys, rule models and Markov from typed staging', 'journeys.ts'],
  ['landing and typed staging', 'ingest.ts'],
  ['incremental run', 'incremental.ts'],
  ['bare paths', 'attribution-paths.ts'],
  ['API', 'api.ts'],
  ['hostile queries beside others', 'storm.ts'],
  ['exports of a million rows', 'export.ts'],
  ['lift on panels', 'lift.ts'],
  ['structural time series', 'lift-bsts.ts'],
  ['geo selection', 'lift-design.ts'],
  ['mix', 'mix.ts'],
];

const wanted = process.argv[2] ?? '';
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}, ${process.platform}`,
);
let failed = 0;
for (const [name, script, ...args] of LINES) {
  if (!`${name} ${script}`.includes(wanted)) continue;
  console.log(`\n== ${name} (bench/${script})`);
  const path = new URL(script, import.meta.url).pathname;
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', path, ...args], { stdio: 'inherit' });
  if (status !== 0) {
    failed++;
    console.log(`bench/${script} ended with ${status}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
