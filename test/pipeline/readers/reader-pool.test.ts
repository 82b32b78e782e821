import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { InputError } from '../../../models/errors.ts';
import { residentBytes } from '../../../pipeline/jobs/process-memory.ts';
import { type ReaderPool, type ReaderPoolOptions, readerPool } from '../../../pipeline/readers/reader-pool.ts';
import { type ServedRuns, serveRuns } from '../../../pipeline/served-runs.ts';
import { packedProgram } from '../../packed.ts';
import { runProcess } from '../../run-process.ts';
import { type PublishedFolder, publishedFolder } from '../published.ts';

let folder: PublishedFolder;
const pools: ReaderPool[] = [];
beforeAll(async () => {
  folder = publishedFolder();
  await folder.publish('run_a');
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});
afterAll(() => folder.remove());

function pooled(options: ReaderPoolOptions): { runs: ServedRuns; pool: ReaderPool } {
  const pool = readerPool(options);
  pools.push(pool);
  return { pool, runs: serveRuns(folder.paths, { readers: pool }) };
}

const ask = (runs: ServedRuns, sql: string, caller = 'a'): Promise<Record<string, unknown>[]> =>
  runs.as(caller).use(undefined, (results) => results.rows(sql));
const codeOf = (error: unknown) => (error as InputError).code;
const failureOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'answered',
    (error) => codeOf(error) ?? error,
  );

/** Stops when it is asked to. */
const HEAVY = 'select count(*) as n from range(2000000) as a (i), range(2000000) as b (j) where (i * j) % 7 = 1';
/** Does not: one call of a function that never looks up. */
const DEAF = `select levenshtein(repeat('ab', 60000), repeat('ba', 60000) || i) as n from range(2) as t (i)`;
/** More memory than any machine has. */
const BOMBS = [
  'select len(range(4000000000)) as n',
  `select repeat('x', 4000000000) as n`,
  'select list(i) as n from range(4000000000) as t (i)',
];

describe('a pool of readers', () => {
  it('interrupts a query at its deadline, and the same process answers the next one', async () => {
    const { runs, pool } = pooled({ readers: 1, deadlineMs: 300 });
    expect(await ask(runs, 'select 1 as n')).toEqual([{ n: 1 }]);
    expect(await failureOf(ask(runs, HEAVY))).toBe('timeout');
    expect(await ask(runs, 'select 2 as n')).toEqual([{ n: 2 }]);
    expect(pool.counts()).toEqual({ readers: 1, busy: 0, waiting: 0, killed: 0 });
  });

  it('kills what does not heed the interrupt, and another process answers the next one', async () => {
    const { runs, pool } = pooled({ readers: 1, deadlineMs: 300, graceMs: 200 });
    expect(await ask(runs, 'select 1 as n')).toEqual([{ n: 1 }]);
    const started = performance.now();
    expect(await failureOf(ask(runs, DEAF))).toBe('timeout');
    expect(performance.now() - started).toBeLessThan(1500);
    expect(await ask(runs, 'select 2 as n')).toEqual([{ n: 2 }]);
    expect(pool.counts()).toMatchObject({ readers: 1, killed: 1 });
  });

  it.skipIf(process.platform !== 'linux')(
    'ends a query that takes more memory than it may, without more of it in this process',
    async () => {
      const { runs } = pooled({ readers: 1, memoryBytes: 256 * 2 ** 20 });
      const before = residentBytes(process.pid)!;
      for (const bomb of BOMBS) {
        const started = performance.now();
        expect([bomb, await failureOf(ask(runs, bomb))]).toEqual([bomb, 'too_large']);
        expect(performance.now() - started).toBeLessThan(9000);
        expect(await ask(runs, 'select 2 as n')).toEqual([{ n: 2 }]);
      }
      expect(residentBytes(process.pid)! - before).toBeLessThan(200 * 2 ** 20);
    },
  );

  it('lets callers take turns, and gives none of them every reader', async () => {
    const { runs, pool } = pooled({ readers: 2, deadlineMs: 2000 });
    const hostile = Array.from({ length: 6 }, () => failureOf(ask(runs, HEAVY, 'hostile')));
    await ask(runs, 'select 1 as n', 'normal');
    const started = performance.now();
    for (let i = 0; i < 5; i++) expect(await ask(runs, `select ${i} as n`, 'normal')).toEqual([{ n: i }]);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(pool.counts()).toMatchObject({ readers: 2, busy: 1, waiting: 5 });
    // the first is interrupted; the others would have had to wait for longer than a query may take
    const ends = await Promise.all(hostile);
    expect(ends[0]).toBe('timeout');
    expect(new Set(ends)).toEqual(new Set(['timeout', 'locked']));
    expect(performance.now() - started).toBeLessThan(4000);
  });

  it('says that it is full before the questions of a caller grow without end', async () => {
    const { runs } = pooled({ readers: 1, queueLength: 2 });
    const ends = await Promise.all(Array.from({ length: 5 }, () => failureOf(ask(runs, 'select 1 as n'))));
    expect(ends.sort()).toEqual(['answered', 'answered', 'answered', 'locked', 'locked']);
  });

  it.skipIf(process.platform !== 'linux')('answers others when a reader is killed from outside', async () => {
    const { runs } = pooled({ readers: 1 });
    expect(await ask(runs, 'select 1 as n')).toEqual([{ n: 1 }]);
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
    const reader = children
      .map(Number)
      .find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('reader.ts'))!;
    const running = failureOf(ask(runs, HEAVY));
    await new Promise((resolve) => setImmediate(resolve));
    process.kill(reader, 'SIGKILL');
    expect(await running).toBe('too_large');
    expect(await ask(runs, 'select 2 as n')).toEqual([{ n: 2 }]);
  });

  it('ends its processes at once when it closes, whatever they do', async () => {
    const { runs, pool } = pooled({ readers: 1 });
    const running = failureOf(ask(runs, DEAF));
    const waiting = failureOf(ask(runs, 'select 1 as n'));
    const started = performance.now();
    await pool.close();
    expect(await Promise.all([running, waiting, failureOf(ask(runs, 'select 1 as n'))])).toEqual([
      'locked',
      'locked',
      'locked',
    ]);
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it.skipIf(process.platform !== 'linux')('leaves no process behind when its own is killed', async () => {
    const { moduleAt } = await packedProgram();
    const script = `import { readerPool } from ${JSON.stringify(moduleAt('pipeline/readers/reader-pool.ts'))};
      const ask = (sql) => pool.ask({ results: ${JSON.stringify(folder.paths.results)}, run: 'run_a' }, { kind: 'rows', sql, parameters: {} }, 'a');
      const pool = readerPool({ readers: 1 });
      await ask('select 1 as n');
      ask(${JSON.stringify(DEAF)}).catch(() => undefined);
      setTimeout(() => console.log('asked'), 50);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // what a killed process leaves goes with the folder
      env: { ...process.env, TMPDIR: dirname(folder.paths.config) },
    });
    await once(owner.stdout, 'data');
    const isReader = (pid: number): boolean =>
      existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('reader.js');
    const reader = readFileSync(`/proc/${owner.pid}/task/${owner.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number)
      .find(isReader)!;
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await vi.waitFor(() => expect(isReader(reader)).toBe(false), { timeout: 2000 });
  });

  it('keep whoever closes them until they are gone, though nothing else does', async () => {
    const { moduleAt } = await packedProgram();
    const script = `import { readerPool } from ${JSON.stringify(moduleAt('pipeline/readers/reader-pool.ts'))};
      const pool = readerPool({ readers: 1 });
      await pool.ask({ results: ${JSON.stringify(folder.paths.results)}, run: 'run_a' }, { kind: 'rows', sql: 'select 1 as n', parameters: {} }, 'a');
      await pool.close();
      console.log('closed');`;
    const closer = await runProcess(process.execPath, ['--input-type=module', '-e', script]);
    expect(closer).toMatchObject({ code: 0, stdout: 'closed\n' });
  });

  it('reads the folder of its run and nothing else, under a configuration that is locked', async () => {
    const { runs } = pooled({ readers: 1 });
    for (const sql of [
      `select * from read_text('${folder.paths.config}')`,
      `select * from read_text('/etc/hostname')`,
      `copy (select 1) to '/tmp/liftproof-escaped.csv'`,
      `set enable_external_access = true`,
      `set temp_directory = '/tmp'`,
      `set allowed_directories = ['/']`,
      `reset memory_limit`,
      'install httpfs',
      'load httpfs',
    ])
      expect([sql, await failureOf(ask(runs, sql))]).not.toEqual([sql, 'answered']);
    const [limits] = await ask(
      runs,
      `select current_setting('memory_limit') as memory, current_setting('max_temp_directory_size') as spill, current_setting('lock_configuration') as locked`,
    );
    expect(limits).toMatchObject({ spill: '4.0 GiB', locked: true });
  });
});
