import { describe, expect, it } from 'vitest';
import { runInWorkers, shared } from '../../../pipeline/workers/pool.ts';

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
