import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchFolders } from '../../pipeline/watch-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'liftproof-watch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('hands on each file once, new ones and changed ones, and asks again for one that was not taken', async () => {
  const controller = new AbortController();
  const put = (name: string): string => {
    writeFileSync(join(folder, name), name);
    return join(folder, name);
  };
  const [first, second] = [put('a.csv'), join(folder, 'b.csv')];
  put('.hidden');
  put('half.csv.part');
  const taken: string[] = [];
  let refusals = 0;
  await watchFolders(
    [folder],
    controller.signal,
    async (path) => {
      if (path === second && refusals++ === 0) return false;
      taken.push(path);
      // what follows happens only because the one before was seen
      if (taken.length === 1) put('b.csv');
      else if (taken.length === 2) appendFileSync(first, 'more');
      else controller.abort();
      return true;
    },
    5,
  );
  expect(taken).toEqual([first, second, first]);
  expect(refusals).toBe(2);
});

it('refuses what is no folder', async () => {
  const watching = watchFolders([join(folder, 'none')], new AbortController().signal, async () => true);
  await expect(watching).rejects.toMatchObject({ code: 'not_found' });
});
