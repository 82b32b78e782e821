import type { Context, Hono } from 'hono';
import type { Child } from 'hono/jsx';
import { InputError } from '../../models/errors.ts';
import type { Control } from '../../pipeline/control/open-control.ts';
import { type ShareLink, useShareLink } from '../../pipeline/control/share-links.ts';
import { tableCsv } from '../../pipeline/encode-table.ts';
import type { Results } from '../../pipeline/results.ts';
import { freshnessOf } from '../../pipeline/run-facts.ts';
import type { ServedRuns } from '../../pipeline/served-runs.ts';
import { readSharedAnswer, readSharedCredit, type SharedRow, sharedKOf } from '../../pipeline/views/read-shared.ts';
import { etagOf, isMatch } from '../etag.ts';
import { sharedId } from '../links.ts';
import { HttpProblem, isInternal } from '../problem.ts';
import { COSTS, type RateLimiter } from '../rate-limit.ts';
import { addressOf } from '../request.ts';
import { drawBars } from './charts/rows.ts';
import { Ladder } from './evidence.tsx';
import { DataTable, Drawn } from './figure.tsx';
import { day, instant, nameOf, percent, shortMoney } from './format.ts';
import { Document } from './frame.tsx';
import { Verdict } from './home.tsx';
import { Notice } from './notice.tsx';
import type { Figure } from './page.ts';
import { PAGE_HEADERS } from './respond.ts';
import { methodsFigure, stripFigure } from './study-figures.tsx';

export interface SharedOptions {
  /** the runs of a workspace; undefined for one that is not served here */
  runsOf(workspace: string): ServedRuns | undefined;
  control: Control;
  now: () => Date;
  /** spent by link */
  points: RateLimiter;
  /** spent by address, for links that are none */
  failures: RateLimiter;
  onInternalError?: (error: unknown, requestId: string) => void;
}

/** A minute: that long a page may be shown by a cache after its link was revoked. */
const HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  'referrer-policy': 'no-referrer',
  'cache-control': 'public, max-age=60',
  vary: 'Accept-Encoding',
  'x-robots-tag': 'noindex, nofollow',
};
const THEMES = ['light', 'dark'];

interface SharedView {
  body: Child;
  figures: readonly Figure[];
}

// biome-ignore lint/suspicious/noExplicitAny: the app brings its own types of variables
type AnyHono = Hono<any, any, any>;

/** Share links: one page each, for whoever has the address. No session, no cookie, no way to another page. */
export function mountShared(app: AnyHono, options: SharedOptions): void {
  const answer = async (c: Context): Promise<Response> => {
    const { workspace = '', token = '', file } = c.req.param() as Record<string, string | undefined>;
    const { control } = options;
    const now = options.now();
    const runs = options.runsOf(workspace);
    const id = sharedId(control.pepper, workspace, token, now);
    if (runs === undefined || id === undefined) {
      options.failures.take(addressOf(c) ?? 'unknown', 1);
      return ended(c);
    }
    options.points.take(`share:${id}`, COSTS.cached);
    const link = await useShareLink(control.db, workspace, id, now);
    if (link === undefined) return ended(c);
    const theme = c.req.query('theme');
    try {
      return await runs.as(`share:${id}`).use(undefined, async (results) => {
        const shown = ['shared', link.id, link.name, file ?? null, THEMES.includes(theme ?? '') ? theme : null];
        const etag = etagOf(results.manifest, shown, file === undefined ? 'html' : 'csv');
        if (isMatch(c.req.header('if-none-match'), etag)) return c.body(null, 304, { ...HEADERS, etag });
        options.points.take(`share:${id}`, COSTS.live - COSTS.cached);
        const view = await viewOf(link, results);
        if (file !== undefined) return csv(c, view, file, results, etag);
        const base = `/s/${workspace}/${token}`;
        return page(
          c,
          200,
          <SharedPage
            link={link}
            results={results}
            view={view}
            base={base}
            theme={theme}
            freshness={await freshnessOf(results)}
          />,
          { etag },
        );
      });
    } catch (error) {
      return failed(c, error);
    }
  };
  app.get('/s/:workspace/:token', answer);
  app.get('/s/:workspace/:token/:file', answer);

  function failed(c: Context, error: unknown): Response | Promise<Response> {
    if (error instanceof HttpProblem) throw error;
    if (error instanceof InputError && error.code === 'not_published')
      return page(
        c,
        503,
        <Notice title="Nothing to show yet">
          The workspace has published nothing that this page could show. Ask whoever sent you the link.
        </Notice>,
        { 'cache-control': 'no-store' },
      );
    if (error instanceof InputError && error.code === 'not_found') return ended(c);
    if (!isInternal(error))
      return page(c, 503, <Notice title="Too busy just now">Load the page again in a moment.</Notice>, {
        'cache-control': 'no-store',
      });
    const requestId = String(c.get('requestId'));
    options.onInternalError?.(error, requestId);
    return page(
      c,
      500,
      <Notice title="Something broke on our side">The server's log has it under {requestId}.</Notice>,
      { 'cache-control': 'no-store' },
    );
  }
}

/** Guessed, changed, ended, revoked, of another workspace: all look the same. */
function ended(c: Context): Response | Promise<Response> {
  return page(
    c,
    404,
    <Notice title="This link shows nothing">
      It may have ended, been revoked, or been copied incompletely. Ask whoever sent it to you for a new one.
    </Notice>,
    { 'cache-control': 'no-store' },
  );
}

async function page(
  c: Context,
  status: 200 | 404 | 500 | 503,
  child: Child,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const text = await (child as { toString(): string | Promise<string> }).toString();
  return c.html(`<!doctype html>${text}`, status, { ...HEADERS, ...headers });
}

function csv(c: Context, { figures }: SharedView, file: string, { manifest }: Results, etag: string) {
  const figure = figures.find((one) => `${one.id}.csv` === file);
  if (figure === undefined) throw new InputError('not_found', 'there is no such table');
  return c.body(tableCsv(figure.table), 200, {
    ...HEADERS,
    etag,
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="${figure.id}_${manifest.run}.csv"`,
  });
}

function viewOf(link: ShareLink, results: Results): Promise<SharedView> {
  return link.report === 'answer' ? answerView(results) : creditView(results, link.report);
}

async function creditView(results: Results, by: 'channels' | 'campaigns'): Promise<SharedView> {
  const { rows, table, folded } = await readSharedCredit(results, by);
  const k = sharedKOf(results);
  if (rows.length === 0)
    return {
      figures: [],
      body: <p class="box">Fewer than {k} persons bought anything so far: too few to be shown here.</p>,
    };
  const { currency } = results.manifest;
  const nameOfRow = ({ channel, campaign }: SharedRow): string =>
    campaign === null
      ? channel
      : channel === '(suppressed)'
        ? 'Channels of few persons'
        : campaign === '(suppressed)'
          ? `${channel}, campaigns of few persons`
          : campaign === '(none)'
            ? channel.startsWith('(')
              ? channel
              : `${channel}, no campaign`
            : `${campaign} (${channel})`;
  const shownRows = rows.slice(0, 20);
  const best = rows.find(({ channel, campaign }) => !channel.startsWith('(') && !campaign?.startsWith('(')) ?? rows[0];
  const revenue = rows.reduce((sum, row) => sum + Number(row.revenue_net), 0);
  const share =
    revenue > 0 ? ` of ${shortMoney(revenue, currency)} (${percent(Number(best.revenue_net) / revenue)})` : '';
  const figure: Figure = {
    id: by,
    title: by === 'channels' ? 'What each channel is credited with' : 'What each campaign is credited with',
    summary: `${nameOfRow(best)} is credited with most: ${shortMoney(Number(best.revenue_net), currency)}${share} of net revenue.`,
    draw: (width) =>
      drawBars(
        shownRows.map((row) => ({
          label: nameOfRow(row),
          value: Number(row.revenue_net),
          text: shortMoney(Number(row.revenue_net), currency),
          isMuted: row.channel.startsWith('('),
        })),
        { width, format: (value) => shortMoney(value, currency) },
      ),
    table,
    how: 'credit',
    notes: [
      'Credit, not proof (evidence E): who was there before the sale, not what would have happened without it.',
      ...(folded > 0
        ? [
            `(suppressed) sums ${folded} ${by === 'channels' ? 'rows' : 'campaigns'} that tell of few persons; every other row tells of at least ${k}, or of spend alone.`,
          ]
        : []),
      ...(rows.length > shownRows.length ? [`The chart shows the first ${shownRows.length}; the table has all.`] : []),
    ],
  };
  return { figures: [figure], body: null };
}

async function answerView(results: Results): Promise<SharedView> {
  const { answer, study, estimates, hidden } = await readSharedAnswer(results);
  const figures = study === undefined ? [] : [stripFigure(study), methodsFigure(study, estimates)];
  return {
    figures: figures.filter((figure) => figure !== undefined),
    body: (
      <>
        <Verdict answer={answer} currency={results.manifest.currency} />
        {study === undefined ? null : (
          <p>
            Evidence <b>{study.grade}</b>
            {study.gatesRun === null
              ? ''
              : `: ${study.gatesPassed} of ${study.gatesRun} tests that tried to refute it passed`}
            . The grade limits the words that may be used.
          </p>
        )}
        <Ladder grade={answer.grade} ceiling={study?.gradeCeiling ?? null} />
        {hidden === 0 ? null : (
          <p class="note">
            {hidden === 1 ? 'One claim is' : `${hidden} claims are`} not shown: fewer than {sharedKOf(results)} persons
            bought in {hidden === 1 ? 'its' : 'their'} time and places.
          </p>
        )}
      </>
    ),
  };
}

interface SharedPageProps {
  link: ShareLink;
  results: Results;
  view: SharedView;
  base: string;
  theme: string | undefined;
  freshness: Readonly<Record<string, string | null>>;
}

function SharedPage({ link, results: { manifest }, view, base, theme, freshness }: SharedPageProps) {
  const known = Object.values(freshness).filter((at): at is string => at !== null);
  const isAnswer = link.report === 'answer';
  const model = manifest.finance?.model ?? manifest.default_model;
  return (
    <Document title={`${link.name} · ${manifest.workspace}`} theme={THEMES.includes(theme ?? '') ? theme : undefined}>
      <main class="shared">
        <p class="about">{manifest.workspace}</p>
        <h1>{link.name}</h1>
        <p class="about">
          {isAnswer
            ? 'Did social engagement sell anything, and how sure are we?'
            : link.report === 'channels'
              ? 'Credit and spend by channel'
              : 'Credit and spend by campaign'}
        </p>
        <ul class="facts" aria-label="What is shown">
          {[
            ['Period', `${day(manifest.period.from)} to ${day(manifest.period.to)}`],
            ['Model', isAnswer ? 'as each chart says' : nameOf(model)],
            ['Basis', nameOf('order_date')],
            ['Currency', manifest.currency],
            ['Run', instant(manifest.made_at)],
            ['Newest data', known.length === 0 ? 'not said by the exports' : instant(known.sort()[known.length - 1])],
          ].map(([name, value]) => (
            <li>
              <span>{name}</span> <b>{value}</b>
            </li>
          ))}
        </ul>
        {view.body}
        {view.figures.map((figure) => (
          <SharedFigure figure={figure} base={base} currency={manifest.currency} />
        ))}
        <footer class="foot">
          <p>
            Run {manifest.run}, Liftproof {manifest.version}. A page for reading, open until{' '}
            {day(link.expiresAt.toISOString())} to whoever has its address. Rows that tell of fewer than{' '}
            {manifest.shared_k ?? 50} persons are summed as (suppressed).
          </p>
        </footer>
      </main>
    </Document>
  );
}

/** As in the dashboard, but with no way out but its own file. */
function SharedFigure({ figure, base, currency }: { figure: Figure; base: string; currency: string }) {
  const { table } = figure;
  return (
    <figure class="figure" id={figure.id}>
      <Drawn figure={figure} isEmpty={false} />
      <DataTable table={table} currency={currency} label={figure.title} />
      <p class="links">
        <a href={`${base}/${figure.id}.csv`}>
          CSV<span class="hidden"> of {figure.title}</span>
        </a>
      </p>
    </figure>
  );
}
