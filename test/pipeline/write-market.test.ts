import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../pipeline/config.ts';
import { writeMarket } from '../../pipeline/write-market.ts';

const directory = mkdtempSync(join(tmpdir(), 'market-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('writeMarket', () => {
  const written = writeMarket(directory, { seed: 3, persons: 300, days: 30 });

  it('writes every file it lists, with the bytes it says', () => {
    for (const { path, bytes } of written.files) expect(readFileSync(join(directory, path)).length).toBe(bytes);
    expect(readdirSync(directory).sort()).toEqual([
      'campaigns.yaml',
      'exports',
      'panels',
      'truth.json',
      'truth_weekly.csv',
    ]);
  });

  it('writes the same bytes again', () => {
    const before = written.files.map(({ path }) => readFileSync(join(directory, path), 'utf8'));
    writeMarket(directory, { seed: 3, persons: 300, days: 30 });
    expect(written.files.map(({ path }) => readFileSync(join(directory, path), 'utf8'))).toEqual(before);
  });

  it('writes a campaigns.yaml that a workspace accepts', () => {
    const head = 'workspace: nordlys\nreporting: { time_zone: Europe/Paris, currency: EUR }\n';
    const config = parseConfig(head + readFileSync(join(directory, 'campaigns.yaml'), 'utf8'), 'liftproof.yaml');
    expect(config.campaigns.length).toBe(written.market.context.plan.campaigns.length - 1);
    expect(config.campaign_map.length).toBeGreaterThan(10);
  });

  it('says where it could not write and what to do', () => {
    const blocked = join(directory, 'blocked');
    writeFileSync(blocked, 'a file stands in the way');
    chmodSync(blocked, 0o400);
    expect(() => writeMarket(blocked, { seed: 3, persons: 5, days: 5 })).toThrow(
      /blocked.*could not be written.*--out/,
    );
  });
});
