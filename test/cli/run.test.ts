import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../pipeline/ingest.ts';
import { openWorkspace } from '../../pipeline/workspace.ts';
import { ingestMarket } from '../pipeline/mix-market.ts';
import { liftproof, temporaryFolder } from './shell.ts';

const { folder, remove } = temporaryFolder('run');
const acme = join(folder, 'acme');
const inAcme = (...args: string[]) => liftproof([...args, '-w', acme], { cwd: folder });

beforeAll(async () => {
  mkdirSync(acme);
  writeFileSync(
    join(acme, 'liftproof.yaml'),
    `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
models: { run: [last_touch], default: last_touch, replicates: 0 }
mix: { chains: 2, draws: 150, warmup: 150, holdout_weeks: 0 }
`,
  );
  const workspace = await openWorkspace(acme);
  let files = 0;
  await ingestMarket(
    {
      ingestText: (content, options) => {
        const path = join(folder, `input-${++files}`);
        writeFileSync(path, content);
        return ingest(workspace, path, options);
      },
    },
    { seed: 1, weeks: 80, paid: 2 },
  );
  workspace.close();
});
afterAll(remove);

describe('liftproof run with a mix', () => {
  it('refuses flags that mean nothing', async () => {
    expect(await inAcme('run', '--only', 'mixx')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no such part; did you mean mix\?/),
    });
    expect(await inAcme('run', '--draws', '3')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--draws is 3/),
    });
  });

  it('publishes all the rest and leaves with 6 when the chains do not agree', async () => {
    const ran = await inAcme('run', '--draws', '20', '--chains', '4', '--seed', '7');
    expect(ran.stdout).toMatch(/^run_\S+ is published/);
    expect(ran.stderr).toMatch(/the chains did not agree \(R-hat is .*worst is .*The rest of the run is published/);
    expect(ran.code).toBe(6);
    const report = await inAcme('report', 'mix');
    expect(report.stdout).toMatch(/Not converged: mix: the chains did not agree/);
  });

  it('fits, and its reports answer without the warehouse', async () => {
    const ran = await inAcme('run', '--only', 'mix');
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/mix: fitted/);
    const mix = await inAcme('report', 'mix');
    expect(mix.code, mix.stderr).toBe(0);
    expect(mix.stdout).toMatch(/paid1_ads +paid +[\d,]+\.\d\d/);
    const budget = await inAcme(
      'report',
      'budget',
      '--total',
      '300',
      '--bound',
      'paid1_ads=50:',
      '--lock',
      'paid2_ads=100',
      '--json',
    );
    expect(budget.code, budget.stderr).toBe(0);
    const { data } = JSON.parse(budget.stdout);
    expect(data.map((row: Record<string, string>) => [row.channel, row.proposed_spend])).toEqual([
      ['paid1_ads', '200.00'],
      ['paid2_ads', '100.00'],
      ['(total)', '300.00'],
    ]);
  });
});
