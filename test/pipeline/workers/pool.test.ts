import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { IDLE_MS, runInWorkers, shared } from '../../../pipeline/workers/pool.ts';

const pool = new URL('../../../pipeline/workers/pool.ts', import.meta.url).href;
const entry = new URL('./square-worker.ts', import.meta.url);

describe('runInWorkers', () => {
  it('answers in the order of the tasks, whichever thread took them', async () => {
    const tasks = Array.from({ length: 20 }, (_, i) => i);
    expect(await runInWorkers(entry, 100, tasks, 3)).toEqual(tasks.map((task) => 100 + task * task));
  });

  it('has nothing to do without tasks', async () => {
    expect(await runInWorkers(entry, 0, [], 4)).toEqual([]);
  });

  it('fails with what a task threw', async () => {
    await expect(runInWorkers(entry, 0, [1, -4, 2], 2)).rejects.toThrow('no root of -4');
  });

  it('gives threads that wait the next call, with what that call shares', async () => {
    for (const setup of [100, 7, 0])
      expect(await runInWorkers(entry, setup, [1, 2, 3], 2)).toEqual([1, 4, 9].map((n) => n + setup));
  });

  it('keeps no process from ending', () => {
    const script = `import { runInWorkers } from ${JSON.stringify(pool)};
      console.log(await runInWorkers(new URL(${JSON.stringify(entry.href)}), 1, [2], 1));`;
    const began = performance.now();
    const ended = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect(ended.stdout).toBe('[ 5 ]\n');
    expect(ended.status).toBe(0);
    expect(performance.now() - began).toBeLessThan(IDLE_MS);
  });

  it('fails when a thread ends before its work is done', async () => {
    await expect(runInWorkers(entry, 0, [1, 999], 1)).rejects.toThrow(/ended with code 3/);
  });
});

describe('shared', () => {
  it('copies once, then hands the same memory on', () => {
    const values = shared(Float64Array.of(1, 2.5));
    expect([...values]).toEqual([1, 2.5]);
    expect(values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(shared(values)).toBe(values);
  });
});
