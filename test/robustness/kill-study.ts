import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { random } from '../../models/numeric/random.ts';
import { examine } from '../../pipeline/doctor.ts';
import { openWorkspace } from '../../pipeline/workspace.ts';
import { packedProgram } from '../packed.ts';
import { HEADER, orderLines } from './files.ts';

export interface KillStudy {
  kills: number;
  /** kills that met a living process, by what it had last said */
  killedWhile: { opening: number; loading: number };
  acknowledged: number;
  /** batches that were acknowledged and are not there after the next open */
  lost: number;
  /** batches whose rows are not those of their receipt */
  partial: number;
  /** rows more than the files have */
  duplicated: number;
  /** opens that were refused, and what the doctor finds bad */
  refused: number;
  /** files of killed processes that are still there at the end */
  leftovers: number;
}

const CHILD = fileURLToPath(new URL('./kill-child.mjs', import.meta.url));
const FILES = 12;
const ROWS = 300;

/**
 * Kills a loading process again and again, at random moments, and begins it anew each time, as a client that retries does.
 *
 * @param folder  empty; holds the workspace and its inputs
 */
export async function killStudy(folder: string, kills: number, seed: number): Promise<KillStudy> {
  const source = random(seed);
  const inputs = join(folder, 'inputs');
  const base = join(folder, 'base');
  mkdirSync(inputs);
  mkdirSync(base);
  writeFileSync(join(base, 'liftproof.yaml'), 'workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\n');
  for (let i = 0; i < FILES; i++) {
    writeFileSync(join(inputs, `${String(i).padStart(3, '0')}.csv`), HEADER + orderLines(ROWS, i * ROWS));
  }
  const found: KillStudy = {
    kills,
    killedWhile: { opening: 0, loading: 0 },
    acknowledged: 0,
    lost: 0,
    partial: 0,
    duplicated: 0,
    refused: 0,
    leftovers: 0,
  };
  let directory = '';
  let acknowledged = new Set<string>();
  let missed = 0;
  for (let kill = 0, round = 0; kill < kills; round++) {
    if (round % 6 === 0) {
      // a new workspace now and then, so that there is always something left to load
      if (directory !== '') await audit(directory, acknowledged, found);
      directory = join(folder, `workspace-${round}`);
      cpSync(base, directory, { recursive: true });
      acknowledged = new Set();
    }
    const { killed, lines } = await loadAndKill(directory, inputs, source.uniform());
    for (const line of lines) if (line.startsWith('ack ')) acknowledged.add(line.slice(4));
    if (lines.includes('refused')) found.refused++;
    if (!killed && ++missed > kills) throw new Error(`${missed} processes ended before they were killed`);
    if (!killed) continue;
    kill++;
    found.killedWhile[lines.length <= 1 ? 'opening' : 'loading']++;
  }
  // the last retry runs through
  const { lines } = await loadAndKill(directory, inputs, Number.POSITIVE_INFINITY);
  if (!lines.includes('done')) found.refused++;
  for (const line of lines) if (line.startsWith('ack ')) acknowledged.add(line.slice(4));
  await audit(directory, acknowledged, found);
  return found;
}

/** Half of the kills count from the start, the others from a file that was just loaded: `when` in [0, 1) decides both. */
async function loadAndKill(
  directory: string,
  inputs: string,
  when: number,
): Promise<{ killed: boolean; lines: string[] }> {
  const { moduleAt } = await packedProgram();
  const modules = [moduleAt('pipeline/ingest.ts'), moduleAt('pipeline/workspace.ts')];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, ...modules, directory, inputs], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    let errors = '';
    let armed = false;
    const trigger = when < 0.25 ? 1 : 2 + Math.floor((when - 0.25) * 8);
    const delay = ((when * 7919) % 1) * (when < 0.25 ? 150 : 30);
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      lines.push(...text.split('\n').filter((line) => line !== ''));
      if (armed || !Number.isFinite(when) || lines.length < trigger) return;
      armed = true;
      setTimeout(() => child.kill('SIGKILL'), delay);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve({ killed: true, lines });
      else if (code === 0) resolve({ killed: false, lines });
      else {
        lines.push('refused');
        process.stderr.write(errors);
        resolve({ killed: false, lines });
      }
    });
  });
}

/** The next command: opens, and counts. */
async function audit(directory: string, acknowledged: ReadonlySet<string>, found: KillStudy): Promise<void> {
  const workspace = await openWorkspace(directory);
  try {
    const { warehouse } = workspace;
    const batches = await warehouse.rows<{ batch_id: string; accepted: string; there: string; recorded: string }>(`
      select batch.batch_id, batch.rows_accepted as accepted,
        (select count(*) from raw.orders as this where this.batch_id = batch.batch_id) as there,
        (select count(*) from raw.record as this where this.batch_id = batch.batch_id) as recorded
      from raw.batch as batch`);
    const there = new Set(batches.map((batch) => batch.batch_id));
    found.acknowledged += acknowledged.size;
    found.lost += [...acknowledged].filter((batch) => !there.has(batch)).length;
    found.partial += batches.filter(
      (batch) => batch.there !== batch.accepted || batch.recorded !== batch.accepted,
    ).length;
    const orphans = await warehouse.count(
      'select count(*) from raw.orders where batch_id not in (select batch_id from raw.batch)',
    );
    found.partial += orphans;
    const rows = await warehouse.count('select count(*) from raw.orders');
    const distinct = await warehouse.count('select count(distinct source_order_id) from raw.orders');
    found.duplicated += rows - distinct;
  } finally {
    workspace.close();
  }
  const findings = await examine(directory);
  found.refused += findings.filter(({ state }) => state === 'bad').length;
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  found.leftovers += names.filter((name) =>
    /(?:^|\/)\.(?:incoming|making|current)-|\.tmp$|\.lock|^spill/.test(name),
  ).length;
}
