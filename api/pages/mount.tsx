import type { Context, Hono } from 'hono';
import type { Child } from 'hono/jsx';
import { InputError } from '../../models/errors.ts';
import type { JobQueue } from '../../pipeline/control/job-queue.ts';
import type { Control } from '../../pipeline/control/open-control.ts';
import type { Scope } from '../../pipeline/control/roles.ts';
import { tableCsv } from '../../pipeline/encode-table.ts';
import type { ListedRun } from '../../pipeline/list-runs.ts';
import type { Manifest } from '../../pipeline/publish.ts';
import type { Results } from '../../pipeline/results.ts';
import { freshnessOf } from '../../pipeline/run-facts.ts';
import type { ServedRuns } from '../../pipeline/served-runs.ts';
import { compareRuns } from '../../pipeline/views/compare-runs.ts';
import { HttpProblem, isInternal } from '../problem.ts';
import type { PageAccess, PageSession } from './access.ts';
import { PAGE_FORMS } from './admin-forms.ts';
import { type Asked, parseAsked, searchOf, shownOf } from './asked.ts';
import { Frame } from './frame.tsx';
import type { Page, PageCall, PageView } from './page.ts';
import { PAGES } from './pages.ts';
import { periodSummary, takePeriodStep } from './period-forms.tsx';
import { html, PAGE_HEADERS } from './respond.ts';
import { SignIn } from './sign-in.tsx';
import { STYLE, STYLE_PATH } from './style.ts';

export interface PagesOptions {
  workspace: string;
  runs: ServedRuns;
  access: PageAccess;
  /** the runs that are kept, oldest first */
  listRuns: () => readonly ListedRun[];
  now: () => Date;
  onInternalError?: (error: unknown, requestId: string) => void;
  /** for the pages that show keys, periods and batches; absent: they say so */
  control?: Control;
  /** told of a key that was changed here */
  forgetKey?: (id: string) => void;
  /** absent: nothing can be asked for that is a job */
  jobs?: JobQueue;
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#0a58a8"/><path d="M6 24H26M9 24V16M16 24V8M23 24V13" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>`;
const KEPT_BODIES = 100;
const CLOSE_SCOPE = 'finance:close';

/** The content of a page as text, and what it shows. */
interface Drawn {
  body: string;
  facts: NonNullable<PageView['facts']>;
}

// biome-ignore lint/suspicious/noExplicitAny: the app brings its own types of variables
type AnyHono = Hono<any, any, any>;

/** The dashboard: pages under `/w/{workspace}/`, sign-in, and the stylesheet. */
export function mountPages(app: AnyHono, options: PagesOptions): void {
  const { workspace } = options;
  const home = `/w/${workspace}/`;
  const drawn = new Map<string, Promise<Drawn>>();
  const runsOf = (session: PageSession): ServedRuns => options.runs.as(session.id ?? session.name);

  app.get('/', (c) => c.redirect(home, 302));
  app.get(`/w/${workspace}`, (c) => c.redirect(home, 302));
  app.get(STYLE_PATH, (c) =>
    c.body(STYLE, 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    }),
  );
  app.get('/assets/icon.svg', (c) =>
    c.body(ICON, 200, { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' }),
  );

  app.get('/sign-in', async (c) => {
    if ((await options.access.sessionOf(c)) !== undefined) return c.redirect(home, 302);
    const isWrong = c.req.query('problem') !== undefined;
    return html(c, 200, <SignIn workspace={workspace} next={nextOf(c.req.query('next'), home)} isWrong={isWrong} />);
  });

  const answer = async (c: Context): Promise<Response> => {
    const session = await options.access.sessionOf(c);
    if (session === undefined) {
      const url = new URL(c.req.url);
      return c.redirect(`/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`, 302);
    }
    const { page: id = '', file } = c.req.param() as Record<string, string | undefined>;
    // another workspace and no such page look the same
    const page =
      c.req.param('workspace') === workspace
        ? PAGES.find((one) => one.id === (file !== undefined && id === 'home' ? '' : id))
        : undefined;
    let asked: Asked = {};
    const frame = bare(session, page?.id, () => asked);
    try {
      if (page === undefined) throw new InputError('not_found', 'There is no page at this address.');
      const scope = scopeOf(page);
      if (!session.scopes.includes(scope))
        return html(
          c,
          403,
          frame('Not for this key', `The key lacks the right ${scope}. Ask who gave it to you.`, null),
        );
      asked = parseAsked(new URL(c.req.url).searchParams);
      return await runsOf(session).use(undefined, (results) => show(c, page, results, session, asked, file));
    } catch (error) {
      return failed(c, error, frame);
    }
  };
  for (const path of ['/w/:workspace/', '/w/:workspace/:page', '/w/:workspace/:page/:file']) app.get(path, answer);

  /** The frame without a run: for what is not there, or went wrong. */
  function bare(session: PageSession, page: string | undefined, asked: () => Asked) {
    return (title: string, about: string, children: Child): Child => (
      <Frame
        workspace={workspace}
        title={title}
        about={about}
        page={page}
        pages={pagesOf(session)}
        filters={[]}
        asked={asked()}
        session={session}
        address={home}
      >
        {children}
      </Frame>
    );
  }

  app.post('/w/:workspace/finance', async (c) => {
    const { control } = options;
    const session = await options.access.sessionForChange(c);
    const frame = bare(session, 'finance', () => ({}));
    const refuse = (status: 403 | 404 | 422, why: string) =>
      html(
        c,
        status,
        frame(
          'The period was not changed',
          why,
          <p>
            <a href={`${home}finance`}>Back to finance</a>
          </p>,
        ),
      );
    if (c.req.param('workspace') !== workspace || control === undefined)
      return refuse(404, 'There is nothing to change at this address.');
    if (!session.scopes.includes(CLOSE_SCOPE)) return refuse(403, `Your key lacks the right ${CLOSE_SCOPE}.`);
    try {
      const period = await runsOf(session).use(undefined, (results) =>
        takePeriodStep(c, { workspace, control, session, results, now: options.now() }),
      );
      return c.redirect(`${home}finance?book=${encodeURIComponent(period)}`, 303);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (isInternal(error) && error.code !== 'not_reconciled') throw error;
      return refuse(422, error.message);
    }
  });

  for (const form of PAGE_FORMS)
    app.post(`/w/:workspace/${form.path}`, async (c) => {
      const { control } = options;
      const session = await options.access.sessionForChange(c);
      const frame = bare(session, undefined, () => ({}));
      const back = (
        <p>
          <a href={`${home}${form.back}`}>Back</a>
        </p>
      );
      const refuse = (status: 403 | 404 | 422, why: string) => html(c, status, frame(form.refused, why, back));
      if (c.req.param('workspace') !== workspace || control === undefined)
        return refuse(404, 'There is nothing to change at this address.');
      if (!session.scopes.includes(form.scope)) return refuse(403, `Your key lacks the right ${form.scope}.`);
      try {
        const done = await form.take(c, {
          workspace,
          control,
          session,
          now: options.now(),
          forgetKey: options.forgetKey,
          jobs: options.jobs,
        });
        if (done === undefined) return c.redirect(`${home}${form.back}`, 303);
        return html(c, 200, frame(done.title, done.about, [done.body, back]), { 'cache-control': 'no-store' });
      } catch (error) {
        if (error instanceof HttpProblem && error.type === 'forbidden') return refuse(403, error.message);
        if (!(error instanceof InputError) || isInternal(error)) throw error;
        return refuse(422, error.message);
      }
    });

  async function show(
    c: Context,
    page: Page,
    results: Results,
    session: PageSession,
    asked: Asked,
    file: string | undefined,
  ): Promise<Response> {
    const { manifest } = results;
    const earlier = before(manifest);
    const [previous] = earlier;
    const shown = shownOf(asked, manifest);
    const address = `${home}${page.id}`;
    const call: PageCall = {
      workspace,
      results,
      asked,
      shown,
      currency: manifest.currency,
      previous,
      earlierRuns: earlier.length,
      withEarlier: async (most, work) => {
        const found = [];
        for (const { run } of earlier.slice(0, most)) found.push(await runsOf(session).use(run, work));
        return found;
      },
      now: options.now(),
      control: options.control,
      session,
      link: (to) => `${home}${to}${searchOf(asked)}`,
    };
    if (file !== undefined) return csv(c, await page.make(call), file, manifest);
    const { body, facts } = await drawnOf(page, call);
    return html(
      c,
      200,
      <Frame
        workspace={workspace}
        title={page.title}
        about={page.about}
        page={page.id}
        pages={pagesOf(session)}
        filters={page.filters}
        asked={asked}
        session={session}
        address={address}
        run={{
          manifest,
          shown,
          facts,
          freshness: await freshnessOf(results),
          change: compareRuns(previous, manifest),
          periods: await periodSummary(call),
        }}
      >
        <div dangerouslySetInnerHTML={{ __html: body }} />
      </Frame>,
    );
  }

  /** A run never changes, so what was drawn once for the same choices is drawn. */
  function drawnOf(page: Page, call: PageCall): Promise<Drawn> {
    const draw = async (): Promise<Drawn> => {
      const { body, facts = {} } = await page.make(call);
      return { body: String(await body), facts };
    };
    if (page.isLive) return draw();
    const { manifest } = call.results;
    const today = call.now.toISOString().slice(0, 10);
    const key = JSON.stringify([page.id, manifest.run, call.previous?.run, call.earlierRuns, call.asked, today]);
    const known = drawn.get(key);
    if (known !== undefined) return known;
    const made = draw();
    drawn.set(key, made);
    made.catch(() => drawn.delete(key));
    if (drawn.size > KEPT_BODIES) drawn.delete(drawn.keys().next().value!);
    return made;
  }

  /** The runs before this one, newest first. */
  function before(manifest: Manifest): Manifest[] {
    const runs = options.listRuns();
    const at = runs.findIndex((run) => run.manifest.run === manifest.run);
    return runs
      .slice(0, Math.max(0, at))
      .reverse()
      .map((run) => run.manifest);
  }

  function failed(
    c: Context,
    error: unknown,
    frame: (title: string, about: string, children: Child) => Child,
  ): Response | Promise<Response> {
    if (error instanceof InputError && error.code === 'not_published' && options.runs.currentName() === undefined)
      return html(
        c,
        200,
        frame(
          'Nothing is published yet',
          'The pages show the published run, and there is none.',
          <div class="box">
            <p>Load your exports and publish a run; then open this page again.</p>
            <pre>
              <code>{`liftproof ingest exports/*.csv -w ${workspace}\nliftproof run -w ${workspace}`}</code>
            </pre>
          </div>,
        ),
      );
    if (error instanceof InputError && ['usage', 'not_published', 'unknown_name', 'too_large'].includes(error.code))
      return html(
        c,
        422,
        frame(
          'This cannot be shown',
          error.message,
          <p>
            <a href={home}>Back to the first page</a>
          </p>,
        ),
      );
    if (error instanceof InputError && error.code === 'not_found')
      return html(
        c,
        404,
        frame(
          'Nothing here',
          'There is no page at this address.',
          <p>
            <a href={home}>To the first page</a>
          </p>,
        ),
      );
    if (error instanceof InputError && ['locked', 'timeout'].includes(error.code))
      return html(c, 503, frame('Too busy just now', error.message, <p>Load the page again in a moment.</p>));
    const requestId = String(c.get('requestId'));
    options.onInternalError?.(error, requestId);
    return html(c, 500, frame('Something broke on our side', `The server's log has it under ${requestId}.`, null));
  }
}

function scopeOf(page: Page): Scope {
  return page.scope ?? 'read:reports';
}

/** The list shows what the key may open; the methods are reached from the charts. */
function pagesOf(session: PageSession): Page[] {
  return PAGES.filter((page) => page.id !== 'how' && session.scopes.includes(scopeOf(page)));
}

function csv(c: Context, view: PageView, file: string, manifest: Manifest): Response {
  const figure = view.figures.find((one) => `${one.id}.csv` === file);
  if (figure === undefined) throw new InputError('not_found', 'There is no such table.');
  return c.body(tableCsv(figure.wholeTable ?? figure.table), 200, {
    ...PAGE_HEADERS,
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="${figure.id}_${manifest.run}.csv"`,
  });
}

/** Only a path of ours: a link to elsewhere would make the sign-in page a door to other sites. */
function nextOf(given: string | undefined, home: string): string {
  return given !== undefined && /^\/w\/[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.\-/]*)?(?:\?[^\r\n\\]*)?$/.test(given)
    ? given
    : home;
}
