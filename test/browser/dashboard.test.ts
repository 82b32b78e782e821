import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverLog } from '../../api/log.ts';
import { type RunningServer, startServer } from '../../api/server.ts';
import { createKey } from '../../pipeline/control/keys.ts';
import { run } from '../../pipeline/run.ts';
import { findWorkspace } from '../../pipeline/workspace.ts';
import { fillMix } from '../api/pages/fill-mix.ts';
import { fillStudies } from '../api/pages/fill-studies.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from '../pipeline/market.ts';
import { axeViolations, COLOURS, launchChromium, skipsBrowser } from './chromium.ts';

const WIDTHS = [1280, 390];
const THEMES = ['light', 'dark'];

let workspace: TestWorkspace;
let database: TestControl;
let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let token: string;
/** what the browser complained about: a style or script that the policy refused, a missing file */
const complaints: string[] = [];
/** errors in the log of the server */
const broken: string[] = [];

const open = (path: string) => page.goto(`${server.url}${path}`);
const text = async (selector: string) => (await page.locator(selector).first().textContent()) ?? '';

async function publishMarket(): Promise<void> {
  workspace = await testWorkspace(
    MARKET_CONFIG.replace('run: [position_based', 'run: [position_based, last_touch, linear'),
  );
  await ingestRows(workspace, marketRows(7, 90), 'a');
  const spend = ['2026-01-10', '2026-01-20', '2026-02-03'].map(
    (day, i) => `${day},google,a,campaign,1,1,Brand,${10 + i}.25,EUR,${1000 * (i + 1)},${40 + i}`,
  );
  const header =
    'spend_date,platform,account_id,level,entity_id,campaign_native_id,campaign_name,spend,currency,impressions,clicks_link';
  await run(workspace, { now: new Date('2026-07-01T00:00:00Z') });
  await workspace.ingestText(`${[header, ...spend].join('\n')}\n`, { as: 'plain_spend_daily', name: 'spend.csv' });
  await run(workspace, { now: new Date('2026-07-02T00:00:00Z') });
  await fillStudies(workspace.paths.current);
  await fillMix(workspace.paths.current);
}

async function startDashboard(): Promise<void> {
  database = await testControl();
  const control = { ...database, db: database.store.db, pepper: Buffer.alloc(32, 1) };
  const made = await createKey(control.db, control.pepper, 'market', { name: 'browser', role: 'owner' }, new Date());
  token = made.token;
  server = await startServer({
    workspace: findWorkspace(dirname(workspace.paths.config)),
    control,
    port: 0,
    log: serverLog('error', { write: (line) => void broken.push(line) }),
  });
}

describe.skipIf(skipsBrowser)('the dashboard in Chromium', () => {
  beforeAll(async () => {
    await Promise.all([publishMarket().then(startDashboard), launchChromium().then((one) => (browser = one))]);
    context = await browser.newContext({ javaScriptEnabled: true, acceptDownloads: true, reducedMotion: 'reduce' });
    page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await database?.close();
    workspace?.close();
  });

  it('asks for a key, refuses a wrong one, and leads to where one wanted to go', async () => {
    await open('/w/market/channels?model=linear');
    expect(page.url()).toContain('/sign-in');
    await page.getByLabel('API key').fill('lp_live_aaaaaaaa_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await text('[role=alert]')).toContain('not valid');
    expect(await axeViolations(page)).toEqual([]);
    await open('/w/market/channels?model=linear');
    await page.getByLabel('API key').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(page.url()).toBe(`${server.url}/w/market/channels?model=linear`);
    expect(await text('h1')).toBe('Channels and campaigns');
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    // what the sign-in page answered to the wrong key is no complaint
    complaints.length = 0;
  });

  it('changes what is shown by a plain form, and keeps the choice on other pages', async () => {
    await open('/w/market/overview');
    const before = await text('.tile .big');
    await page.locator('.choices > summary').click();
    await page.getByRole('textbox', { name: 'From' }).fill('2026-01-10');
    await page.getByRole('textbox', { name: 'To' }).fill('2026-01-20');
    await page.locator('select[name=model]').selectOption('last_touch');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(new URL(page.url()).searchParams.get('model')).toBe('last_touch');
    expect(await text('.facts')).toContain('10 Jan 2026 to 20 Jan 2026');
    expect(await text('.tile .big')).not.toBe(before);
    await page.getByRole('link', { name: 'Channels and campaigns' }).first().click();
    expect(await text('.facts')).toContain('Last touch');
    await open('/w/market/overview?from=2026-02-30');
    expect(await text('main')).toContain('2026-02-30 is not a day');
    complaints.length = 0;
  });

  it('gives the table of a chart as CSV, the same as on the page', async () => {
    await open('/w/market/channels?model=linear');
    const download = page.waitForEvent('download');
    await page.locator('#by-channel .links a').first().click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^by-channel_run_\w+\.csv$/);
    const lines = readFileSync(await file.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(lines[0]).toBe(
      'channel,conversions,new_conversions,revenue_net,new_revenue_net,spend,roas,nroas,cpa,cac_blended',
    );
    expect(await page.locator('#by-channel tbody tr').count()).toBe(lines.length - 1);
  });

  it('answers with the word, the number, its interval and its grade', async () => {
    await open('/w/market/');
    expect(await text('.verdict .word')).toBe('Yes.');
    expect(await text('.verdict')).toContain('90 %: €600 to €8.1 k');
    expect(await text('.ladder [aria-current]')).toContain('B');
    expect(await text('#methods .summary')).toContain('differ by more than twice');
    expect(await text('#run')).toContain('1 file of plain_spend_daily (3 rows) came in');
  });

  it('shows every page in both themes and two widths: no violation, no small text, nothing cut, nothing refused', async () => {
    await open('/w/market/');
    const pages = (await page
      .locator('nav.full .pages a')
      .evaluateAll((links) =>
        links.map((link) => (link as unknown as { getAttribute(name: string): string }).getAttribute('href')),
      )) as string[];
    expect(pages.length).toBe(12);
    await open('/w/market/?theme=dark');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    const found: string[] = [];
    for (const path of [...pages, '/w/market/how']) {
      const response = await open(`${path}?theme=light`);
      if (response?.status() !== 200) found.push(`${path}: ${response?.status()}`);
      for (const theme of THEMES) {
        // what ?theme writes into the document, without drawing the page again; only colours depend on it
        await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          const where = `${path} ${theme} ${width}`;
          for (const violation of await axeViolations(page, theme === 'light' ? undefined : COLOURS))
            found.push(`${where}: ${violation}`);
          for (const problem of (await page.evaluate(LOOK)) as string[]) found.push(`${where}: ${problem}`);
        }
      }
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
    expect(broken).toEqual([]);
  }, 120_000);

  it('closes and locks a period, and asks a second person before it is reopened', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await open('/w/market/finance?book=2026-01');
    await page.getByRole('button', { name: 'Close 2026-01' }).click();
    expect(new URL(page.url()).searchParams.get('book')).toBe('2026-01');
    await page.getByRole('button', { name: 'Lock 2026-01' }).click();
    const row = page.locator('section[aria-label="States of the periods"] tr', { hasText: '2026-01' });
    expect(await row.textContent()).toContain('locked');
    expect(await row.textContent()).toContain('version 1 of run_');
    await page.getByLabel('Reason').fill('a supplier sent a credit note');
    await page.getByLabel('Your key, once more').fill('lp_live_aaaaaaaa_wrong');
    await page.getByRole('button', { name: 'Ask to reopen 2026-01' }).click();
    expect(await text('main')).toContain('not the key that you signed in with');
    complaints.length = 0;
    await open('/w/market/finance?book=2026-01');
    await page.getByLabel('Reason').fill('a supplier sent a credit note');
    await page.getByLabel('Your key, once more').fill(token);
    await page.getByRole('button', { name: 'Ask to reopen 2026-01' }).click();
    expect(await row.textContent()).toContain('key:browser asks to reopen it: a supplier sent a credit note');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByLabel('Your key, once more').fill(token);
    await page.getByRole('button', { name: 'Approve reopening 2026-01' }).click();
    expect(await text('main')).toContain('a second person has to approve it');
    await open('/w/market/admin');
    expect(await text('#audit tbody')).toContain('period.lock');
  });

  it('works without scripts, and ends the session when asked', async () => {
    expect(await page.locator('script').count()).toBe(0);
    await page.setViewportSize({ width: 1280, height: 900 });
    await open('/w/market/');
    await page
      .getByRole('button', { name: /Sign out/ })
      .first()
      .click();
    expect(page.url()).toBe(`${server.url}/sign-in`);
    await open('/w/market/');
    expect(page.url()).toContain('/sign-in');
  });
});

/** Text below 12 pixels, a page wider than its window, a chart without a name. */
const LOOK = `(() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push('wider than its window: ' + document.documentElement.scrollWidth);
  for (const one of document.querySelectorAll('main *, header *')) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!own || one.getClientRects().length === 0) continue;
    const size = parseFloat(getComputedStyle(one).fontSize);
    const svg = one.closest('svg');
    const scale = svg === null ? 1 : svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    if (size * scale < 12) found.push('small text: ' + one.textContent.slice(0, 40));
  }
  for (const svg of document.querySelectorAll('.chart svg')) if (!svg.getAttribute('aria-label')) found.push('a chart without a name');
  if (document.querySelector('[style]') !== null) found.push('a style attribute');
  return found;
})()`;
