import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openToAll, type PageAccess } from '../../../api/pages/access.ts';
import { METHODS } from '../../../api/pages/how.tsx';
import { PAGES } from '../../../api/pages/pages.ts';
import { answerQuestion } from '../../../pipeline/answer.ts';
import { listRuns } from '../../../pipeline/list-runs.ts';
import { openResults } from '../../../pipeline/results.ts';
import { type Served, served } from '../served.ts';
import { fillMix } from './fill-mix.ts';
import { fillStudies } from './fill-studies.ts';

let market: Served;
/** who looks; a test may be somebody else */
const everything = openToAll(['read:reports', 'finance:read', 'read:ops']);
let access: PageAccess = everything;
const byTest: PageAccess = {
  sessionOf: (c) => access.sessionOf(c),
  sessionForChange: (c) => access.sessionForChange(c),
};
const get = async (path: string): Promise<Response> => market.app.request(path);
const text = async (path: string): Promise<string> => (await get(path)).text();
const addresses = PAGES.map((page) => `/w/market/${page.id}`);

beforeAll(async () => {
  market = await served({ app: { pages: { listRuns: () => listRuns(market.workspace.paths), access: byTest } } });
  await fillStudies(market.workspace.paths.current);
  await fillMix(market.workspace.paths.current);
});
afterAll(() => market.close());

describe('the pages', () => {
  it.each(addresses)('%s answers, and nothing in it needs what its policy forbids', async (address) => {
    const response = await get(address);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const html = await response.text();
    expect(html.match(/<script|<style|\sstyle=|\son\w+=|javascript:/g)).toBeNull();
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(market.internal).toEqual([]);
  });

  it('have a name, a sentence, a table, a file and a method for every chart', async () => {
    let charts = 0;
    for (const address of addresses) {
      const html = await text(address);
      for (const figure of html.match(/<figure[\s\S]*?<\/figure>/g) ?? []) {
        charts++;
        expect(figure).toMatch(/<h2>[^<]+<\/h2>/);
        expect(figure).toMatch(/<p class="summary">[^<]{10,}/);
        expect(figure).toContain('<table>');
        const method = /\/how#([\w-]+)"/.exec(figure)![1];
        expect(Object.keys(METHODS)).toContain(method);
        const csv = /href="([^"]+\.csv[^"]*)"/.exec(figure)![1].replaceAll('&amp;', '&');
        const file = await get(csv);
        expect([csv, file.status, file.headers.get('content-type')]).toEqual([
          csv,
          200,
          'text/csv; charset=utf-8; header=present',
        ]);
        const shown = figure.match(/<tr>/g)!.length - 1 - (figure.includes('<tfoot>') ? 1 : 0);
        const lines = (await file.text()).trimEnd().split('\r\n').length - 1;
        expect([csv, shown]).toEqual([csv, Math.min(lines, 100)]);
        for (const svg of figure.match(/<svg role[\s\S]*?<\/svg>/g) ?? [])
          expect(svg).toMatch(/^<svg role="img" aria-label="[^"]{10,}"/);
      }
    }
    expect(charts).toBeGreaterThan(40);
  });

  it('link to nothing that is not there', async () => {
    const anchors = new Map<string, Set<string>>();
    const links = new Set<string>();
    for (const address of addresses) {
      const html = await text(address);
      anchors.set(address, new Set([...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1])));
      for (const [, href] of html.matchAll(/<a [^>]*href="([^"]+)"/g)) links.add(href.replaceAll('&amp;', '&'));
    }
    const dead: string[] = [];
    for (const link of links) {
      if (link.startsWith('/v1/') || link.includes('.csv') || link.startsWith('https://')) continue;
      const url = new URL(link, 'http://localhost/w/market/');
      if (link.startsWith('#')) continue;
      const known = anchors.get(url.pathname);
      const isStudy = url.searchParams.has('study');
      if (known === undefined || (url.hash !== '' && !isStudy && !known.has(url.hash.slice(1)))) dead.push(link);
    }
    expect(dead).toEqual([]);
  });

  it('say the verdict in the words of the answer', async () => {
    const results = await openResults(market.workspace.paths);
    const answer = await answerQuestion(results).finally(() => results.close());
    const html = await text('/w/market/');
    expect(answer.word).toBe('yes');
    expect(html).toContain(answer.sentence.slice('Yes. '.length));
    expect(html).toContain(answer.pays_sentence!);
    expect(html).toMatch(/<li aria-current="true"[^>]*><span class="rung">B/);
  });

  it('tell what the mix model learnt from what it was told', async () => {
    const html = await text('/w/market/mix');
    expect(html).toContain(
      'Only meta_ads and Instagram are learnt from the data or from a study; the others repeat what was assumed.',
    );
    expect(html).toContain('Of 2 weeks that a second fit did not see, 1 fell within its 90 % range.');
    expect(html).toContain(
      'At the present €1.0\u00a0k it added €2.0\u00a0k (€500 to €3.5\u00a0k); from €1.5\u00a0k on nothing like it was ever seen.',
    );
    expect(html).toContain('40 % of its effect is carried from one week into the next (20 % to 60 %)');
    expect(html).toContain('google_ads moves with meta_ads');
    expect(await text('/w/market/budget')).toContain(
      'The plan is better than now with 84 % probability; it gains €80, in the worst 5 % of cases −€20 or less.',
    );
    expect(await text('/w/market/trust')).toContain('The model stated 90 %; 1 of 2 weeks (50 %) fell within.');
  });

  it('refuse a choice that cannot be, and say why', async () => {
    const cases = [
      ['overview?from=2026-02-30', '2026-02-30 is not a day'],
      ['overview?from=2026-02-10&to=2026-02-01', 'after its end'],
      ['channels?model=nope', 'the run has no model nope'],
      ['channels?basis=nope', 'basis nope is not known'],
      ['channels?theme=red', 'theme red is not known'],
      ['channels?model=linear&model=markov', 'stands more than once'],
    ];
    for (const [path, words] of cases) {
      const response = await get(`/w/market/${path}`);
      expect([path, response.status]).toEqual([path, 422]);
      expect(await response.text()).toContain(words);
    }
  });

  it('show what cannot be in a choice as text, not as markup', async () => {
    const html = await text(`/w/market/channels?model=${encodeURIComponent('<b onclick="x">')}`);
    expect(html).not.toContain('<b onclick');
    expect(html).toContain('&lt;b onclick=&quot;x&quot;&gt;');
  });

  it('answer for another workspace as for an address that is not there', async () => {
    const [other, none] = [await get('/w/other/channels'), await get('/w/market/nothing')];
    expect([other.status, none.status]).toEqual([404, 404]);
    expect(await other.text()).toBe(await none.text());
    expect((await get('/w/market/channels/nothing.csv')).status).toBe(404);
  });

  it('lead a browser that is not signed in to the sign-in page, and back to pages of this site only', async () => {
    access = { ...openToAll(), sessionOf: async () => undefined };
    try {
      const response = await get('/w/market/channels?model=linear');
      expect([response.status, response.headers.get('location')]).toEqual([
        302,
        '/sign-in?next=%2Fw%2Fmarket%2Fchannels%3Fmodel%3Dlinear',
      ]);
      const next = async (given: string): Promise<string> =>
        /name="next" value="([^"]*)"/.exec(await text(`/sign-in?next=${encodeURIComponent(given)}`))![1];
      expect(await next('/w/market/channels?model=linear')).toBe('/w/market/channels?model=linear');
      for (const bad of [
        'https://evil.example',
        '//evil.example',
        '/\\evil.example',
        '/w/market/\r\nx',
        'javascript:1',
      ])
        expect([bad, await next(bad)]).toEqual([bad, '/w/market/']);
    } finally {
      access = everything;
    }
  });

  it('are closed to a key that may not read reports', async () => {
    access = {
      ...openToAll(),
      sessionOf: async () => ({
        id: 'k',
        name: 'uploads',
        scopes: ['write:ingest'],
        actor: 'key:uploads',
        memberId: null,
        csrf: 'c',
      }),
    };
    try {
      const response = await get('/w/market/channels');
      expect(response.status).toBe(403);
      expect(await response.text()).toContain('read:reports');
      expect((await get('/w/market/channels/by-channel.csv')).status).toBe(403);
    } finally {
      access = everything;
    }
  });

  it('show finance to keys of finance and administration to keys of operations, and name them to nobody else', async () => {
    access = openToAll(['read:reports']);
    try {
      const home = await text('/w/market/');
      expect(home).not.toContain('/w/market/finance"');
      expect(home).not.toContain('/w/market/admin"');
      for (const address of ['finance', 'finance/roi.csv', 'admin', 'admin/batches.csv'])
        expect([address, (await get(`/w/market/${address}`)).status]).toEqual([address, 403]);
    } finally {
      access = everything;
    }
  });

  it('change nothing for somebody who is not signed in', async () => {
    const response = await market.app.request('/w/market/finance', {
      method: 'POST',
      body: new URLSearchParams({ period: '2026-01', step: 'close' }),
    });
    expect(response.status).toBe(403);
  });

  it('keep the stylesheet for ever under a name that changes with it', async () => {
    const path = /<link rel="stylesheet" href="([^"]+)"/.exec(await text('/w/market/'))![1];
    const style = await get(path);
    expect(style.headers.get('content-type')).toContain('text/css');
    expect(style.headers.get('cache-control')).toContain('immutable');
  });
});

describe('before anything was published', () => {
  it('every page says what to do', async () => {
    const empty = await served({
      isPublished: false,
      app: { pages: { listRuns: () => [], access: everything } },
    });
    try {
      for (const address of addresses) {
        const response = await empty.app.request(address);
        expect([address, response.status]).toEqual([address, 200]);
        expect(await response.text()).toContain('liftproof run');
      }
    } finally {
      await empty.close();
    }
  });
});
