import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { answerText } from '../../cli/answer.ts';
import { answerQuestion } from '../../pipeline/answer.ts';
import { claim, published, type Row } from '../pipeline/published-claims.ts';
import { liftproof, temporaryFolder } from './shell.ts';

const { folder, remove } = temporaryFolder('answer');
afterAll(remove);

async function textOf(claims: readonly Row[]): Promise<string> {
  const results = await published(claims);
  try {
    return answerText(await answerQuestion(results));
  } finally {
    results.close();
  }
}

describe('the answer in words', () => {
  it('says the sentence first, then what it stands on, the claims apart, and what to do next', async () => {
    const text = await textOf([claim('ads'), claim('lena', { is_registered: false })]);
    expect(text).toMatch(
      /^Did social engagement sell anything, and how sure are we\?\nhand · 2026-01-01 to 2026-06-30 · run_1\n\nYes\. ads very likely caused/,
    );
    expect(text).toMatch(/^Effect +\+4,000 EUR \(90 %: \+1,000 EUR to \+7,000 EUR\) by sc, as registered$/m);
    expect(text).toMatch(/^Against it +gate 12: Gate 12 failed\.\n +gate 15 \(not run\): Gate 15 not_run\.$/m);
    expect(text).toMatch(
      /^Other methods +\+3,000 EUR to \+5,000 EUR, median \+4,000 EUR: ascm no answer, did \+5,000 EUR/m,
    );
    expect(text).toMatch(/^iROAS +2\.67 \(90 %: 0\.67 to 4\.67\)$/m);
    expect(text).toMatch(/^ {2}Posting → sales +Nobody asked\./m);
    expect(text).toMatch(/^ {2}Advertising → sales +ads: the answer above \(B\)$/m);
    expect(text).toMatch(/^Next: Regions held out at random\.$/m);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });

  it('is readable without a study too', async () => {
    const text = await textOf([]);
    expect(text).toMatch(/\n\nWe cannot tell\. /);
    expect(text).not.toContain('Effect');
    expect(text).toMatch(/^Next: A randomised posting schedule/m);
  });

  it('ends with 4 where nothing was published, and with 2 where a day is none', async () => {
    const bare = join(folder, 'bare');
    mkdirSync(bare);
    writeFileSync(
      join(bare, 'liftproof.yaml'),
      'workspace: bare\nreporting: { time_zone: Europe/Paris, currency: EUR }\n',
    );
    const [unpublished, wrong] = await Promise.all([
      liftproof(['answer', '-w', bare]),
      liftproof(['answer', '-w', bare, '--from', 'spring']),
    ]);
    expect(unpublished).toMatchObject({ code: 4, stdout: '' });
    expect(unpublished.stderr).toContain('liftproof run');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--from is spring; expected a day');
  });
});
