import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isAlive, isLiving, markOf } from '../../pipeline/living-process.ts';

it('a process is told from a later one with its id by when it started', () => {
  const own = markOf(process.pid);
  expect(isLiving(own)).toBe(true);
  expect(isLiving(JSON.parse(JSON.stringify(own)))).toBe(true);
  expect(isLiving({ pid: process.pid })).toBe(true);
  if (own.start !== undefined) expect(isLiving({ ...own, start: '1' })).toBe(false);
});

it('a process that ended is not alive, another user’s is', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const mark = markOf(child.pid!);
  expect(isLiving(mark)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(isLiving(mark)).toBe(false);
  expect(isAlive(1)).toBe(true);
});
