import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { ROUTES } from '../../api/routes.ts';
import { type ServedRuns, serveRuns } from '../../pipeline/served-runs.ts';
import { type PublishedFolder, publishedFolder } from '../pipeline/published.ts';
import { testKeys } from './test-keys.ts';

const NOW = new Date('2026-07-01T00:00:00Z');
let folder: PublishedFolder;
let runs: ServedRuns;
let response: Response;
let html: string;

beforeAll(async () => {
  folder = publishedFolder();
  runs = serveRuns(folder.paths);
  const app = createApp({ workspace: 'hand', runs, checkKey: testKeys('hand', NOW).check, now: () => NOW });
  response = await app.request('/docs');
  html = await response.text();
});
afterAll(async () => {
  await runs.close();
  folder.remove();
});

describe('the reference page', () => {
  it('shows every address that is served, with its scope', () => {
    const { document } = parseHTML(html);
    const shown = [...document.querySelectorAll('h3 code')].map((code) => code.textContent);
    const served = ROUTES.filter((route) => !route.needsControl);
    expect(shown.sort()).toEqual(served.map((route) => `${route.method.toUpperCase()} ${route.path}`).sort());
    for (const route of served) if (route.scope !== 'none') expect(html).toContain(`<code>${route.scope}</code>`);
  });

  it('links only to what is on it or on this server, and asks no other for anything', () => {
    const { document } = parseHTML(html);
    const ids = new Set([...document.querySelectorAll('[id]')].map((element) => `#${element.id}`));
    const links = [...document.querySelectorAll('a')].map((link) => link.getAttribute('href'));
    expect(links.filter((link) => link !== '/openapi.json' && !ids.has(link ?? ''))).toEqual([]);
    expect(document.querySelectorAll('script, img, link, iframe').length).toBe(0);
  });

  it('may be styled by its own style and run nothing', () => {
    const policy = response.headers.get('content-security-policy')!;
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1];
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(response.headers.get('content-type')).toBe('text/html; charset=UTF-8');
  });
});
