import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InputError } from '../../models/errors.ts';
import { runQuery } from '../../pipeline/query.ts';
import type { Results } from '../../pipeline/results.ts';
import { type ServedRuns, serveRuns } from '../../pipeline/served-runs.ts';
import { type CreditRow, type PublishedFolder, publishedFolder } from './published.ts';

async function withRuns(
  options: Parameters<typeof serveRuns>[1],
  work: (runs: ServedRuns, folder: PublishedFolder) => Promise<void>,
): Promise<void> {
  const folder = publishedFolder();
  const runs = serveRuns(folder.paths, options);
  try {
    await work(runs, folder);
  } finally {
    await runs.close();
    folder.remove();
  }
}

/** A promise and the hand that settles it. */
function gate(): { passed: Promise<void>; open: () => void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

const codeOf = (error: unknown) => (error as InputError).code;
const total = async (results: Results) => [
  results.manifest.run,
  (
    await results.rows<{ n: string }>(
      `select cast(sum(revenue_gross) as varchar) as n from attribution where model = 'linear' and basis = 'order_date'`,
    )
  )[0].n,
];

describe('served runs', () => {
  it('keep a reader on its run while another is published, and close the old one after its last reader', () =>
    withRuns({ idleRuns: 0 }, async (runs, folder) => {
      await folder.publish('run_a', [['2026-01-01', 'A', '(none)', 'new', '1', '1.00']]);
      const [entered, left] = [gate(), gate()];
      const slow = runs.use(undefined, async (results) => {
        const first = await total(results);
        entered.open();
        await left.passed;
        return [first, await total(results)];
      });
      await entered.passed;
      await folder.publish('run_b', [['2026-01-01', 'B', '(none)', 'new', '1', '2.00']]);
      expect(await runs.use(undefined, total)).toEqual(['run_b', '2.00']);
      expect(runs.openNames().sort()).toEqual(['run_a', 'run_b']);
      left.open();
      expect(await slow).toEqual([
        ['run_a', '1.00'],
        ['run_a', '1.00'],
      ]);
      expect(runs.openNames()).toEqual(['run_b']);
      // asked for by name it is opened anew
      expect(await runs.use('run_a', total)).toEqual(['run_a', '1.00']);
    }));

  it('never mix two runs: four readers while thirty are published', () =>
    withRuns({}, async (runs, folder) => {
      const credit = (i: number): CreditRow[] => [['2026-01-01', `C${i}`, '(none)', 'new', '1', `${i}.00`]];
      await folder.publish('run_0', credit(0));
      // the processes that read have started
      await Promise.all(Array.from({ length: 4 }, () => runs.use(undefined, total)));
      let isPublishing = true;
      const reader = async () => {
        const seen = new Set<string>();
        while (isPublishing) {
          const { run, channels, totals } = await runs.use(undefined, async (results) => {
            const answer = await runQuery(results, { metrics: ['revenue_gross'], dimensions: ['channel'] });
            const again = await runQuery(results, { metrics: ['revenue_gross'] });
            return {
              run: results.manifest.run,
              channels: answer.rows.map((row) => row[0]),
              totals: [answer.totals![1], again.rows[0][0]],
            };
          });
          const number = run.slice(4);
          expect(channels).toEqual([`C${number}`]);
          expect(totals.map(Number)).toEqual([Number(number), Number(number)]);
          seen.add(run);
        }
        return seen.size;
      };
      const readers = [reader(), reader(), reader(), reader()];
      for (let i = 1; i <= 30; i++) await folder.publish(`run_${i}`, credit(i));
      isPublishing = false;
      expect(Math.max(...(await Promise.all(readers)))).toBeGreaterThan(1);
      expect(runs.openNames().length).toBeLessThanOrEqual(2);
    }));

  it('give each of four readers answers of one run only, while the served run changes a thousand times', () =>
    withRuns({}, async (runs, folder) => {
      const names = ['run_1', 'run_2', 'run_3', 'run_4'];
      for (const [i, name] of names.entries())
        await folder.publish(name, [['2026-01-01', `C${i + 1}`, '(none)', 'new', '1', `${i + 1}.00`]]);
      // as a publish ends: the link is replaced
      const serve = (name: string): void => {
        const link = join(folder.paths.results, '.link');
        symlinkSync(name, link);
        renameSync(link, folder.paths.current);
      };
      await Promise.all(Array.from({ length: 4 }, () => runs.use(undefined, total)));
      let isPublishing = true;
      let mostSeen = 0;
      const reader = async (): Promise<void> => {
        const seen = new Set<string>();
        while (isPublishing) {
          const [first, second] = await runs.use(undefined, async (results) => [
            await total(results),
            await total(results),
          ]);
          expect(second).toEqual(first);
          expect(first[1]).toBe(`${first[0].slice(4)}.00`);
          seen.add(first[0]);
          mostSeen = Math.max(mostSeen, seen.size);
        }
      };
      const readers = [reader(), reader(), reader(), reader()];
      // and on until a reader has met a second run: on a busy machine a thousand may pass during one answer
      for (let i = 0; i < 1000 || mostSeen < 2; i++) {
        serve(names[i % names.length]);
        await new Promise((resolve) => setImmediate(resolve));
      }
      isPublishing = false;
      await Promise.all(readers);
    }));

  it('answer many at once', () =>
    withRuns({}, async (runs, folder) => {
      await folder.publish('run_a');
      const answers = await Promise.all(Array.from({ length: 40 }, () => runs.use(undefined, total)));
      expect(new Set(answers.map(String)).size).toBe(1);
      expect(runs.openNames()).toEqual(['run_a']);
    }));

  it('refuse what is not the name of a run, and say when nothing was published', () =>
    withRuns({}, async (runs, folder) => {
      expect(codeOf(await runs.use(undefined, total).catch((error) => error))).toBe('not_published');
      await folder.publish('run_a');
      for (const name of ['current', '..', '../results/run_a', 'run_a/../run_a', 'run_', 'run_b', '', 'run_a\0']) {
        expect([name, codeOf(await runs.use(name, total).catch((error) => error))]).toEqual([name, 'not_found']);
      }
    }));

  it('wait for their readers before they close, and take no more', () =>
    withRuns({}, async (runs, folder) => {
      await folder.publish('run_a');
      const [entered, left] = [gate(), gate()];
      const order: string[] = [];
      const reader = runs.use(undefined, async (results) => {
        entered.open();
        await left.passed;
        order.push((await total(results))[0]);
      });
      await entered.passed;
      const closing = runs.close().then(() => order.push('closed'));
      expect(codeOf(await runs.use(undefined, total).catch((error) => error))).toBe('locked');
      left.open();
      await Promise.all([reader, closing]);
      expect(order).toEqual(['run_a', 'closed']);
      expect(runs.openNames()).toEqual([]);
    }));

  it('try a run again that would not open', () =>
    withRuns({}, async (runs, folder) => {
      const { rmSync, writeFileSync, mkdirSync } = await import('node:fs');
      const { join } = await import('node:path');
      const broken = join(folder.paths.results, 'run_broken');
      mkdirSync(broken);
      writeFileSync(join(broken, 'manifest.json'), '{');
      await expect(runs.use('run_broken', total)).rejects.toThrow();
      rmSync(broken, { recursive: true });
      await folder.publish('run_broken');
      expect((await runs.use('run_broken', total))[0]).toBe('run_broken');
    }));
});
