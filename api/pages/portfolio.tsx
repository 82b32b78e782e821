import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { VERDICTS } from '../../models/evidence.ts';
import { listJobs } from '../../pipeline/control/jobs.ts';
import { EVERY_WORKSPACE, opens } from '../../pipeline/control/keys.ts';
import type { Control } from '../../pipeline/control/open-control.ts';
import { type BrowserSession, findSession } from '../../pipeline/control/sessions.ts';
import { tableCsv } from '../../pipeline/encode-table.ts';
import type { ServedRuns } from '../../pipeline/served-runs.ts';
import type { Table } from '../../pipeline/table.ts';
import { countColumn, dayColumn, makeTable, textColumn } from '../../pipeline/views/make-table.ts';
import { PORTFOLIO_DAYS, type PortfolioFacts, readPortfolioFacts } from '../../pipeline/views/read-portfolio.ts';
import { STALE_DAYS } from '../../pipeline/webhooks/watch.ts';
import { HttpProblem } from '../problem.ts';
import { addressOf, SESSION_COOKIE } from '../request.ts';
import { day, instant, listed, money } from './format.ts';
import { Document } from './frame.tsx';
import { Mark } from './marks.tsx';
import { Notice } from './notice.tsx';
import { html, PAGE_HEADERS } from './respond.ts';
import { SignIn } from './sign-in.tsx';

export interface PortfolioOptions {
  /** every workspace that is served */
  workspaces: readonly { name: string; runs: ServedRuns }[];
  control: Control;
  now: () => Date;
  onInternalError?: (error: unknown, requestId: string) => void;
}

/** A client in a line. */
export interface PortfolioLine {
  name: string;
  /** undefined before anything was published, or when the run cannot be read */
  facts?: PortfolioFacts;
  /** newest export of any source */
  newestData: string | null;
  /** what somebody should look at, in words; empty when all is in order */
  attention: readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: the app brings its own types of variables
type AnyHono = Hono<any, any, any>;

/** The first page of a server of several workspaces, the sign-in to it, and the door that shows nobody another client's pages. */
export function mountPortfolio(app: AnyHono, options: PortfolioOptions): void {
  const { control, now } = options;
  const known = new Map<string, { run: string; facts: Promise<PortfolioFacts> }>();
  const sessionOf = (c: Context): Promise<BrowserSession | undefined> => {
    const cookie = getCookie(c, SESSION_COOKIE);
    return cookie === undefined ? Promise.resolve(undefined) : findSession(control.db, cookie, now(), addressOf(c));
  };
  const isServed = (name: string): boolean => options.workspaces.some((one) => one.name === name);

  // nobody learns what else is served: without a session all addresses lead to the form, with one all but one's own are empty
  app.use('/w/*', async (c, next) => {
    const session = await sessionOf(c);
    if (session === undefined) {
      if (c.req.method !== 'GET' && c.req.method !== 'HEAD') throw new HttpProblem('unauthenticated', 'sign in first');
      const url = new URL(c.req.url);
      return c.redirect(`/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`, 302);
    }
    const name = /^\/w\/([^/]*)/.exec(c.req.path)?.[1] ?? '';
    return isServed(name) && opens(session.key, name) ? next() : html(c, 404, <Nothing />);
  });

  const factsOf = (name: string, runs: ServedRuns): Promise<PortfolioFacts> | undefined => {
    const run = runs.currentName();
    if (run === undefined) return undefined;
    const before = known.get(name);
    if (before?.run === run) return before.facts;
    const facts = runs.use(run, readPortfolioFacts);
    known.set(name, { run, facts });
    facts.catch(() => known.get(name)?.facts === facts && known.delete(name));
    return facts;
  };

  const lineOf = async (c: Context, name: string, runs: ServedRuns): Promise<PortfolioLine> => {
    const [last] = await listJobs(control.db, name, { limit: 1, kind: 'run' });
    const failed = last?.state === 'failed' ? [`the last run failed on ${day(last.createdAt.toISOString())}`] : [];
    try {
      const facts = await factsOf(name, runs);
      if (facts === undefined) return { name, newestData: null, attention: ['nothing was published yet', ...failed] };
      const { newest, attention } = judge(facts, now());
      return { name, facts, newestData: newest, attention: [...attention, ...failed] };
    } catch (error) {
      // one client that cannot be read hides none of the others
      options.onInternalError?.(error, String(c.get('requestId')));
      return { name, newestData: null, attention: ['the published run could not be read just now', ...failed] };
    }
  };

  const show = async (c: Context, make: (lines: PortfolioLine[], session: BrowserSession) => Promise<Response>) => {
    const session = await sessionOf(c);
    if (session === undefined) return c.redirect('/sign-in', 302);
    if (session.key.workspace !== EVERY_WORKSPACE) return c.redirect(`/w/${session.key.workspace}/`, 302);
    if (!session.key.scopes.includes('read:reports')) return html(c, 403, <NotForThisKey session={session} />);
    const all = [...options.workspaces].sort((a, b) => (a.name < b.name ? -1 : 1));
    const lines = await Promise.all(all.map(({ name, runs }) => lineOf(c, name, runs.as(session.key.id))));
    return make(lines, session);
  };

  app.get('/', (c) =>
    show(c, (lines, session) => {
      const theme = THEMES.find((one) => one === c.req.query('theme'));
      return html(c, 200, <Portfolio lines={lines} session={session} theme={theme} />);
    }),
  );
  app.get('/portfolio.csv', (c) =>
    show(c, async (lines) =>
      c.body(tableCsv(portfolioTable(lines)), 200, {
        ...PAGE_HEADERS,
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': 'attachment; filename="portfolio.csv"',
      }),
    ),
  );
  app.get('/sign-in', async (c) => {
    if ((await sessionOf(c)) !== undefined) return c.redirect('/', 302);
    const next = c.req.query('next') ?? '/';
    const isLocal = /^\/(?:w\/[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.\-/]*)?(?:\?[^\r\n\\]*)?)?$/.test(next);
    return html(c, 200, <SignIn next={isLocal ? next : '/'} isWrong={c.req.query('problem') !== undefined} />);
  });
}

const THEMES = ['light', 'dark'] as const;

/** What of a run should be looked at: data that are old, rules that were broken. */
export function judge(
  { freshness, brokenChecks }: PortfolioFacts,
  now: Date,
): { newest: string | null; attention: string[] } {
  const told = Object.entries(freshness).filter((one): one is [string, string] => one[1] !== null);
  const stale = told.filter(([, at]) => now.getTime() - Date.parse(at) >= STALE_DAYS * 86_400_000).map(([id]) => id);
  const newest = told.map(([, at]) => at).sort();
  return {
    newest: newest[newest.length - 1] ?? null,
    attention: [
      ...(stale.length === 0 ? [] : [`no new data for ${STALE_DAYS} days or more from ${listed(stale)}`]),
      ...(brokenChecks.length === 0
        ? []
        : [`${brokenChecks.length} ${brokenChecks.length === 1 ? 'check was' : 'checks were'} broken`]),
    ],
  };
}

/** The page as a file. Money of several currencies stands side by side and is never added. */
export function portfolioTable(lines: readonly PortfolioLine[]): Table {
  const columns = [
    textColumn('client', 'Client'),
    textColumn('verdict', 'Did it sell?'),
    textColumn('grade', 'Evidence'),
    textColumn('currency', 'Currency'),
    { id: 'revenue_net', label: 'Net revenue', type: 'decimal', scale: 2 } as const,
    { id: 'spend', label: 'Spend', type: 'decimal', scale: 2 } as const,
    dayColumn('period_start', 'From'),
    dayColumn('period_end', 'To'),
    textColumn('newest_data', 'Newest data'),
    countColumn('broken_checks', 'Broken checks'),
    textColumn('run', 'Run'),
    textColumn('attention', 'To look at'),
  ];
  return makeTable(
    columns,
    lines.map(({ name, facts, newestData, attention }) => ({
      client: name,
      verdict: facts === undefined ? null : VERDICTS[facts.word],
      grade: facts?.grade,
      currency: facts?.currency,
      revenue_net: facts?.revenueNet,
      spend: facts?.spend,
      period_start: facts?.period?.from,
      period_end: facts?.period?.to,
      newest_data: newestData,
      broken_checks: facts?.brokenChecks.length,
      run: facts?.run,
      attention: attention.join('; '),
    })),
  );
}

function Portfolio({
  lines,
  session,
  theme,
}: {
  lines: readonly PortfolioLine[];
  session: BrowserSession;
  theme: 'light' | 'dark' | undefined;
}) {
  const open = lines.filter(({ attention }) => attention.length > 0);
  const all = lines.length === 1 ? 'One client' : `${lines.length} clients`;
  const summary =
    open.length === 0
      ? `${all}: all in order.`
      : `${all}: ${open.length} to look at (${listed(open.map(({ name }) => name))}).`;
  return (
    <Document title="Clients" theme={theme}>
      <main class="shared" id="content">
        <h1>Clients</h1>
        <p class="about">Each client's verdict, sales and spend of the last {PORTFOLIO_DAYS} days that it published.</p>
        <p class="summary">{summary}</p>
        <section class="scroll" aria-label="Clients" tabindex={0}>
          <table>
            <thead>
              <tr>
                {['Client', 'Did it sell?', 'Net revenue', 'Spend', 'To look at', 'Newest data', 'Checks', 'Days'].map(
                  (label, i) => (
                    <th scope="col" class={i === 2 || i === 3 ? 'number' : undefined}>
                      {label}
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <Row line={line} theme={theme} />
              ))}
            </tbody>
          </table>
        </section>
        <p class="note">
          Revenue and spend are in the currency of each client and are not added up; the days are the last{' '}
          {PORTFOLIO_DAYS} of its run, or fewer where it holds fewer. A letter after a verdict is its evidence, from A
          (randomised test) to E (credit, not proof); X is inconclusive. Data are old after {STALE_DAYS} days.
        </p>
        <p class="links">
          <a href="/portfolio.csv">
            CSV<span class="hidden"> of all clients</span>
          </a>
        </p>
        <ul class="themes" aria-label="Colours">
          {[undefined, ...THEMES].map((one) => (
            <li>
              <a href={one === undefined ? '/' : `/?theme=${one}`} aria-current={one === theme ? 'true' : undefined}>
                {one === undefined ? 'Auto' : one === 'light' ? 'Light' : 'Dark'}
              </a>
            </li>
          ))}
        </ul>
        <form method="post" action="/sign-out" class="themes">
          <input type="hidden" name="csrf_token" value={session.csrfToken} />
          <button type="submit" class="plain">
            Sign out ({session.key.name})
          </button>
        </form>
      </main>
    </Document>
  );
}

function Row({
  line: { name, facts, newestData, attention },
  theme,
}: {
  line: PortfolioLine;
  theme: string | undefined;
}) {
  const broken = facts?.brokenChecks.length ?? 0;
  return (
    <tr>
      <th scope="row">
        <a href={`/w/${name}/${theme === undefined ? '' : `?theme=${theme}`}`}>{name}</a>
      </th>
      <td title={facts?.sentence}>{facts === undefined ? '–' : `${VERDICTS[facts.word]} (${facts.grade})`}</td>
      <td class="number">{facts === undefined ? '–' : money(facts.revenueNet, facts.currency)}</td>
      <td class="number">{facts === undefined ? '–' : money(facts.spend, facts.currency)}</td>
      <td>
        {attention.length === 0 ? (
          <>
            <Mark state="ok" /> nothing
          </>
        ) : (
          <>
            <Mark state="warn" /> {attention.join('; ')}
          </>
        )}
      </td>
      <td>{facts === undefined ? '–' : newestData === null ? 'not said' : instant(newestData)}</td>
      <td>
        {facts === undefined ? (
          '–'
        ) : (
          <>
            <Mark state={broken === 0 ? 'ok' : 'warn'} /> {broken === 0 ? 'all hold' : `${broken} broken`}
          </>
        )}
      </td>
      <td>{facts?.period == null ? '–' : `${day(facts.period.from)} to ${day(facts.period.to)}`}</td>
    </tr>
  );
}

function Nothing() {
  return (
    <Notice title="Nothing here">
      There is no page at this address. <a href="/">To the first page</a>
    </Notice>
  );
}

function NotForThisKey({ session }: { session: BrowserSession }) {
  return <Notice title="Not for this key">The key {session.key.name} lacks the right read:reports.</Notice>;
}
