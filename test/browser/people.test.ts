import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../api/server.ts';
import { insertJob, updateJob } from '../../pipeline/control/jobs.ts';
import { createKey } from '../../pipeline/control/keys.ts';
import { planGeo } from '../../pipeline/plans/plan-geo.ts';
import { planHistory } from '../../pipeline/plans/plan-history.ts';
import { planPosting } from '../../pipeline/plans/plan-posting.ts';
import { geoPlanSchema, postingPlanSchema } from '../../pipeline/plans/plan-schema.ts';
import { run } from '../../pipeline/run.ts';
import { findWorkspace } from '../../pipeline/workspace.ts';
import { fillRun } from '../api/pages/fill-run.ts';
import { fillStudies } from '../api/pages/fill-studies.ts';
import { SHARED_TABLES } from '../api/pages/shared-tables.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from '../pipeline/market.ts';
import { planMarket } from '../pipeline/plans/plan-market.ts';
import { axeViolations, COLOURS, launchChromium, skipsBrowser } from './chromium.ts';

let workspace: TestWorkspace;
let database: TestControl;
let server: RunningServer;
let browser: Browser;
let page: Page;
let token: string;
const complaints: string[] = [];
/** where pictures go, for whoever wants to look at them */
const pictures = process.env.LIFTPROOF_PICTURES;

const open = (path: string) => page.goto(path.startsWith('http') ? path : `${server.url}${path}`);
const text = async (selector: string) => (await page.locator(selector).first().textContent()) ?? '';

/** What is wrong with the page, in both themes and two widths. */
async function faults(name: string): Promise<string[]> {
  const found: string[] = [];
  for (const theme of ['light', 'dark'])
    for (const width of [1280, 390]) {
      await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
      await page.setViewportSize({ width, height: 900 });
      for (const violation of await axeViolations(page, theme === 'light' ? undefined : COLOURS))
        found.push(`${name} ${theme} ${width}: ${violation}`);
      const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
      if (wide > width) found.push(`${name} ${theme} ${width}: ${wide} pixels wide`);
      if (pictures === undefined) continue;
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}-${theme}-${width}.png`), fullPage: true });
    }
  await page.setViewportSize({ width: 1280, height: 900 });
  return found;
}

async function signIn(key: string): Promise<void> {
  await open('/sign-in');
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

describe.skipIf(skipsBrowser)('people and readers outside, in Chromium', () => {
  beforeAll(async () => {
    workspace = await testWorkspace(MARKET_CONFIG);
    await ingestRows(workspace, marketRows(7, 24), 'a');
    await run(workspace, { now: new Date('2026-07-01T00:00:00Z') });
    await fillStudies(workspace.paths.current);
    await fillRun(workspace.paths.current, SHARED_TABLES);
    database = await testControl();
    const control = { ...database, db: database.store.db, pepper: Buffer.alloc(32, 1) };
    token = (await createKey(control.db, control.pepper, 'market', { name: 'browser', role: 'owner' }, new Date()))
      .token;
    server = await startServer({ workspace: findWorkspace(dirname(workspace.paths.config)), control, port: 0 });
    browser = await launchChromium();
    page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await database?.close();
    workspace?.close();
  });

  it('a member is invited on the page Admin, joins with a key that is shown once, and signs in with it', async () => {
    await signIn(token);
    await open('/w/market/admin');
    await page.getByLabel('E-mail').fill('ana@example.com');
    await page.getByLabel('Name', { exact: true }).fill('Ana');
    await page.locator('#people select[name=role]').last().selectOption('finance');
    await page.getByRole('button', { name: 'Invite' }).click();
    expect(await text('h1')).toBe('Invitation for Ana');
    const address = (await text('main pre')).trim();
    const found = await faults('invitation');
    await open('/w/market/admin');
    found.push(...(await faults('admin')));
    await page
      .getByRole('button', { name: /Sign out/ })
      .first()
      .click();
    await open(address);
    expect(await text('main')).toContain('you are invited as finance');
    found.push(...(await faults('join')));
    await page.getByRole('button', { name: 'Join and show my key' }).click();
    expect(await text('main pre')).toContain('lp_live_');
    found.push(...(await faults('welcome')));
    await page.getByRole('button', { name: 'sign me in' }).click();
    expect(page.url()).toBe(`${server.url}/w/market/`);
    expect(await text('nav')).toContain('Sign out (ana@example.com)');
    expect(found).toEqual([]);
    complaints.length = 0;
    await open(address);
    expect(await text('h1')).toBe('This invitation does not hold');
    complaints.length = 0;
    await open('/w/market/');
    await page
      .getByRole('button', { name: /Sign out/ })
      .first()
      .click();
    expect(complaints).toEqual([]);
  }, 120_000);

  it('a page is shared on the page Admin, read by whoever has its address, and ended', async () => {
    await signIn(token);
    const found: string[] = [];
    for (const [report, words] of [
      ['answer', 'Instagram engagement'],
      ['channels', 'Paid Social is credited with most'],
      ['campaigns', 'Spring, all'],
    ]) {
      await open('/w/market/admin');
      await page.getByLabel('Name of the page').fill(`For the board: ${report}`);
      await page.getByLabel('Shows').selectOption(report);
      await page.getByRole('button', { name: 'Make a link' }).click();
      const address = await page.getByRole('link', { name: `For the board: ${report}` }).getAttribute('href');
      const stranger = await browser.newContext();
      const admin = page;
      page = await stranger.newPage();
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await open(address!);
      expect(await text('h1')).toBe(`For the board: ${report}`);
      expect(await text('main')).toContain(words);
      found.push(...(await faults(`shared-${report}`)));
      expect(await stranger.cookies()).toEqual([]);
      page = admin;
      expect(complaints).toEqual([]);
      await page.getByRole('button', { name: `End For the board: ${report}` }).click();
      expect(await text('#sharing')).toContain('No link is open now');
      await open(address!);
      expect(await text('h1')).toBe('This link shows nothing');
      await stranger.close();
      complaints.length = 0;
    }
    expect(found).toEqual([]);
    await open('/w/market/');
    await page
      .getByRole('button', { name: /Sign out/ })
      .first()
      .click();
  }, 120_000);

  it('a test is planned by a form, done as a job, and told in words with its study', async () => {
    await signIn(token);
    await open('/w/market/plan');
    expect(await text('main')).toContain('Nothing was planned yet');
    await page.getByText('Some users get it, drawn by lot').click();
    await page.getByLabel('Mean per user').fill('10');
    await page.getByLabel('Standard deviation').fill('20');
    await page.getByLabel('New users a day').fill('1000');
    await page.getByRole('button', { name: 'Count users' }).click();
    expect(page.url()).toBe(`${server.url}/w/market/plan`);
    await expect
      .poll(
        async () => {
          await open('/w/market/plan');
          return text('#chosen');
        },
        { timeout: 30_000, interval: 500 },
      )
      .toContain('takes 39,569 users');
    expect(await text('#chosen pre')).toMatch(/^\s*studies:\n {2}- id: users_\S+\n {4}kind: users/);
    const found = await faults('plan-users');
    const { db } = database.store;
    const history = planHistory(planMarket(70), {});
    const geo = geoPlanSchema.parse({ design: 'geo', durations_days: [14], sizes: [1], windows: 3, target: 0.3 });
    const posting = postingPlanSchema.parse({
      design: 'posting',
      blocks: 4,
      block_days: 7,
      regions: ['geo0', 'geo1'],
      runs: 10,
    });
    const results = [await planGeo(history, geo, '2026-07-02'), planPosting(history, posting, '2026-07-02')];
    for (const result of results) {
      const id = randomUUID();
      const row = {
        id,
        workspace: 'market',
        kind: 'plan',
        input: { design: result.design },
        actor: 'x',
        now: new Date(),
      };
      await insertJob(db, row);
      await updateJob(db, id, { state: 'succeeded', result, endedAt: new Date() });
      await open(`/w/market/plan?plan=${id}`);
      expect(await text('#chosen')).toContain(result.design === 'geo' ? 'The cheapest design' : 'Drawn with seed 1');
      found.push(...(await faults(`plan-${result.design}`)));
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  }, 120_000);
});
