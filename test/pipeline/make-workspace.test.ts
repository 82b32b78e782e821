import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { configTemplate } from '../../pipeline/config-template.ts';
import { makeWorkspace } from '../../pipeline/make-workspace.ts';
import { inPassingFolder } from '../../pipeline/passing-folder.ts';
import { keptBrand, makeSampleWorkspace, simulatedBrand } from '../../pipeline/samples.ts';
import { findWorkspace } from '../../pipeline/workspace.ts';

const CONFIG = configTemplate({
  workspace: 'acme',
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  consent: 'unknown',
  shop: 'shop',
});

describe('makeWorkspace', () => {
  const directory = mkdtempSync(join(tmpdir(), 'liftproof-test-'));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('makes a folder that opens, with a key that only its owner reads', () => {
    const paths = makeWorkspace(directory, CONFIG);
    expect(findWorkspace(directory).config.workspace).toBe('acme');
    expect(statSync(paths.secret).mode & 0o777).toBe(0o600);
    expect(Buffer.from(readFileSync(paths.secret, 'utf8').trim(), 'base64url')).toHaveLength(32);
    expect(readFileSync(join(directory, '.gitignore'), 'utf8')).toContain('secret/');
  });

  it('overwrites no workspace', () => {
    const paths = makeWorkspace(directory, CONFIG);
    expect(() => makeWorkspace(directory, CONFIG.replace('acme', 'other'))).toThrow(/exists; edit it/);
    expect(readFileSync(paths.config, 'utf8')).toBe(CONFIG);
  });

  it('makes nothing of a configuration that is wrong', () => {
    const folder = join(directory, 'new');
    expect(() => makeWorkspace(folder, 'reporting: 3\n')).toThrow(/workspace is missing/);
    expect(existsSync(folder)).toBe(false);
  });

  it('makes the sample brand with the same key everywhere', async () => {
    const key = await inPassingFolder('test', async (folder) => {
      makeSampleWorkspace(folder);
      return readFileSync(findWorkspace(folder).paths.secret, 'utf8').trim();
    });
    expect(Buffer.from(key, 'base64url')).toEqual(Buffer.alloc(32, 1));
    const { exports, truth } = keptBrand();
    expect(exports.length).toBeGreaterThan(20);
    expect(truth.channels.length).toBeGreaterThan(2);
  });

  it('makes the same brand in another world: campaigns and tests stay, ids and truth are its own', async () => {
    await inPassingFolder('test', async (folder) => {
      const brand = simulatedBrand(join(folder, 'world'), 5);
      const kept = keptBrand();
      makeSampleWorkspace(join(folder, 'workspace'), brand);
      const { config } = findWorkspace(join(folder, 'workspace'));
      expect(config.campaigns.map(({ id }) => id)).toContain('sun_care');
      expect(brand.configText).not.toBe(kept.configText);
      expect(brand.exports.map((path) => basename(path))).toEqual(kept.exports.map((path) => basename(path)));
      expect(brand.truth.studies.map(({ id }) => id)).toEqual(kept.truth.studies.map(({ id }) => id));
      expect(brand.truth.studies).not.toEqual(kept.truth.studies);
    });
  });

  it('leaves nothing of a passing folder, also when the work fails', async () => {
    let seen = '';
    await expect(
      inPassingFolder('test', async (folder) => {
        seen = folder;
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(seen).not.toBe('');
    expect(existsSync(seen)).toBe(false);
  });
});
