import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../api/server.ts';
import { createKey, EVERY_WORKSPACE } from '../../pipeline/control/keys.ts';
import { findWorkspace } from '../../pipeline/workspace.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { type PublishedFolder, publishedFolder } from '../pipeline/published.ts';
import { axeViolations, launchChromium, skipsBrowser } from './chromium.ts';

const NAMES = ['alpine', 'brook', 'cedar'];
const folders: PublishedFolder[] = [];
let database: TestControl;
let server: RunningServer;
let browser: Browser;
let token: string;

describe.skipIf(skipsBrowser)('the page of an agency in Chromium', () => {
  beforeAll(async () => {
    database = await testControl();
    const control = { ...database, db: database.store.db, pepper: Buffer.alloc(32, 1) };
    for (const name of NAMES) {
      const folder = publishedFolder();
      writeFileSync(folder.paths.config, `workspace: ${name}\nreporting: { time_zone: Europe/Paris, currency: EUR }\n`);
      folders.push(folder);
    }
    for (const folder of folders.slice(0, 2)) await folder.publish('run_one');
    const [workspace, ...others] = folders.map(({ paths }) => findWorkspace(dirname(paths.config)));
    server = await startServer({ workspace, others, control, port: 0 });
    const settings = { name: 'agency', role: 'client' } as const;
    token = (await createKey(control.db, control.pepper, EVERY_WORKSPACE, settings, new Date())).token;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await database?.close();
    for (const folder of folders) folder.remove();
  });

  it('is reached by signing in, has no violation and no sideways scroll, in both themes and widths, and leads to a client and back', async () => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [1280, 390]) {
        const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
        const page = await context.newPage();
        await page.goto(`${server.url}/`);
        expect(page.url()).toContain('/sign-in');
        expect(await axeViolations(page)).toEqual([]);
        await page.getByLabel('API key').fill(token);
        await page.getByRole('button', { name: 'Sign in' }).click();
        expect(page.url()).toBe(`${server.url}/`);
        expect(await page.locator('tbody th').allTextContents()).toEqual(NAMES);
        expect([colorScheme, width, await axeViolations(page)]).toEqual([colorScheme, width, []]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        await page.getByRole('link', { name: 'brook' }).click();
        expect(page.url()).toBe(`${server.url}/w/brook/`);
        // on a narrow page it stands in the head too
        await page.getByRole('link', { name: 'all clients' }).click();
        expect(await page.locator('h1').textContent()).toBe('Clients');
        await context.close();
      }
  });
});
