import type { Child } from 'hono/jsx';
import type { Manifest } from '../../pipeline/publish.ts';
import { queryableModels } from '../../pipeline/run-facts.ts';
import type { RunChange } from '../../pipeline/views/compare-runs.ts';
import type { PageSession } from './access.ts';
import { type Asked, type Shown, searchOf } from './asked.ts';
import { day, instant, nameOf } from './format.ts';
import type { FilterName, Page, PageView } from './page.ts';
import { STYLE_PATH } from './style.ts';

export interface FrameProps {
  workspace: string;
  title: string;
  about: string;
  /** id of the page; undefined for one that stands outside the list */
  page: string | undefined;
  pages: readonly Page[];
  filters: readonly FilterName[];
  asked: Asked;
  session: PageSession;
  /** address of this page without its choices */
  address: string;
  /** undefined before anything was published */
  run?: {
    manifest: Manifest;
    shown: Shown;
    facts: NonNullable<PageView['facts']>;
    freshness: Readonly<Record<string, string | null>>;
    change: RunChange;
    /** states of the finance periods; null for who may not see them */
    periods: string | null;
  };
  children?: Child;
}

/** A whole document: navigation, what is shown, the choices, the content, and where it comes from. */
export function Frame(props: FrameProps) {
  const { workspace, title, about, run, asked } = props;
  const pages = <PageList {...props} />;
  const settings = <Settings {...props} />;
  return (
    <Document title={`${title} · ${workspace}`} theme={asked.theme}>
      <a class="skip" href="#content">
        To the content
      </a>
      <div class="layout">
        <header class="side">
          <a class="brand" href={`/w/${workspace}/${searchOf(asked)}`}>
            Liftproof
          </a>
          <p class="where">
            {workspace}
            {props.session.isEverywhere ? (
              <>
                {' · '}
                <a href={`/${asked.theme === undefined ? '' : `?theme=${asked.theme}`}`}>all clients</a>
              </>
            ) : null}
          </p>
          <nav class="full" aria-label="Pages">
            {pages}
            {settings}
          </nav>
          <details class="menu">
            <summary>Pages: {title}</summary>
            <nav aria-label="Pages">
              {pages}
              {settings}
            </nav>
          </details>
        </header>
        <main id="content">
          <h1>{title}</h1>
          <p class="about">{about}</p>
          {run === undefined ? null : (
            <>
              <Facts {...props} run={run} />
              <Choices {...props} run={run} />
            </>
          )}
          {props.children}
          {run === undefined ? null : <Foot {...props} run={run} />}
        </main>
      </div>
    </Document>
  );
}

export function Document({ title, theme, children }: { title: string; theme?: string; children?: Child }) {
  return (
    <html lang="en" data-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme ?? 'light dark'} />
        <title>{title} · Liftproof</title>
        <link rel="stylesheet" href={STYLE_PATH} />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
      </head>
      <body>{children}</body>
    </html>
  );
}

function PageList({ pages, page, workspace, asked }: FrameProps) {
  return (
    <ul class="pages">
      {pages.map((one) => (
        <li>
          <a href={`/w/${workspace}/${one.id}${searchOf(asked)}`} aria-current={one.id === page ? 'page' : undefined}>
            {one.title}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Settings({ address, asked, session }: FrameProps) {
  const themes = [undefined, 'light', 'dark'] as const;
  return (
    <>
      <ul class="themes" aria-label="Colours">
        {themes.map((theme) => (
          <li>
            <a
              href={`${address}${searchOf({ ...asked, theme })}`}
              aria-current={theme === asked.theme ? 'true' : undefined}
            >
              {theme === undefined ? 'Auto' : theme === 'light' ? 'Light' : 'Dark'}
            </a>
          </li>
        ))}
      </ul>
      {session.csrf === null ? null : (
        <form method="post" action="/sign-out" class="themes">
          <input type="hidden" name="csrf_token" value={session.csrf} />
          <button type="submit" class="plain">
            Sign out ({session.name})
          </button>
        </form>
      )}
    </>
  );
}

type RunProps = FrameProps & { run: NonNullable<FrameProps['run']> };

/** What every number on the page is: which days, which model, which money, from which run, how fresh. */
function Facts({ run: { manifest, shown, facts, freshness }, filters, workspace, asked }: RunProps) {
  const known = Object.values(freshness).filter((at): at is string => at !== null);
  return (
    <ul class="facts" aria-label="What is shown">
      <Fact name="Period">
        {facts.period !== undefined
          ? facts.period
          : filters.includes('period')
            ? `${day(shown.from)} to ${day(shown.to)}`
            : `whole run, ${wholePeriod(manifest)}`}
      </Fact>
      <Fact name="Model">
        {facts.model ?? (filters.includes('model') ? nameOf(shown.model) : 'as each chart says')}
      </Fact>
      <Fact name="Basis">{nameOf(filters.includes('basis') ? shown.basis : 'order_date')}</Fact>
      <Fact name="Currency">{manifest.currency}</Fact>
      <Fact name="Run">
        <a href="#run">{instant(manifest.made_at)}</a>
      </Fact>
      <Fact name="Newest data">
        <a href={`/w/${workspace}/trust${searchOf(asked)}#freshness`}>
          {known.length === 0 ? 'not said by the exports' : instant(known.sort()[known.length - 1])}
        </a>
      </Fact>
    </ul>
  );
}

function Fact({ name, children }: { name: string; children?: Child }) {
  return (
    <li>
      <span>{name}</span> <b>{children}</b>
    </li>
  );
}

function wholePeriod(manifest: Manifest): string {
  return `${day(manifest.period.from)} to ${day(manifest.period.to)}`;
}

/** A plain form: the choices stand in the address. */
function Choices({ filters, asked, address, run: { manifest, shown } }: RunProps) {
  if (filters.length === 0) return null;
  const { from, to } = manifest.period;
  const isChanged = filters.some((name) =>
    name === 'period' ? asked.from !== undefined || asked.to !== undefined : asked[name] !== undefined,
  );
  return (
    <details class="choices" open={isChanged}>
      <summary>Change {filters.map((name) => (name === 'period' ? 'the period' : `the ${name}`)).join(', ')}</summary>
      <form method="get" action={address}>
        {filters.includes('period') ? (
          <>
            <label>
              From
              <input type="date" name="from" value={shown.from} min={from ?? undefined} max={to ?? undefined} />
            </label>
            <label>
              To
              <input type="date" name="to" value={shown.to} min={from ?? undefined} max={to ?? undefined} />
            </label>
          </>
        ) : (
          <Carried asked={asked} names={['from', 'to']} />
        )}
        {filters.includes('model') ? (
          <label>
            Model
            <select name="model">
              {queryableModels(manifest).map((model) => (
                <option value={model} selected={model === shown.model}>
                  {nameOf(model)}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <Carried asked={asked} names={['model']} />
        )}
        {filters.includes('basis') ? (
          <label>
            Refunds count
            <select name="basis">
              <option value="order_date" selected={shown.basis === 'order_date'}>
                on the day of their order
              </option>
              <option value="event_date" selected={shown.basis === 'event_date'}>
                on their own day
              </option>
            </select>
          </label>
        ) : (
          <Carried asked={asked} names={['basis']} />
        )}
        <Carried asked={asked} names={['theme']} />
        <button type="submit">Show</button>
        {isChanged ? <a href={`${address}${searchOf({ theme: asked.theme })}`}>Back to the whole run</a> : null}
      </form>
    </details>
  );
}

/** Choices of other pages travel along. */
function Carried({ asked, names }: { asked: Asked; names: readonly (keyof Asked)[] }) {
  return (
    <>
      {names.map((name) =>
        asked[name] === undefined ? null : <input type="hidden" name={name} value={asked[name]} />,
      )}
    </>
  );
}

/** Where the numbers come from, and what changed since the last time: data and method apart. */
function Foot({ run: { manifest, shown, change, periods }, workspace, asked }: RunProps) {
  return (
    <footer class="foot" id="run">
      <h2>Where this comes from</h2>
      <dl class="run">
        <dt>Run</dt>
        <dd>
          <a href={`/v1/w/${workspace}/runs/${manifest.run}/manifest`}>{manifest.run}</a>
        </dd>
        <dt>Hash of the run</dt>
        <dd>
          <code>{manifest.run_hash}</code>
        </dd>
        <dt>Made</dt>
        <dd>
          {instant(manifest.made_at)}, Liftproof {manifest.version}, seed {manifest.seed}
        </dd>
        <dt>Credit</dt>
        <dd>
          {nameOf(shown.model)} (<code>{shown.model}</code>); a touch may be {manifest.windows.click_days} days before
          the order, an engagement {manifest.windows.engagement_days}
        </dd>
        <dt>Money</dt>
        <dd>
          {manifest.currency}, {nameOf(shown.basis)}; days in {manifest.time_zone}
        </dd>
        {periods === null ? null : (
          <>
            <dt>Periods of finance</dt>
            <dd>
              <a href={`/w/${workspace}/finance${searchOf(asked)}`}>{periods}</a>
            </dd>
          </>
        )}
        <dt>Privacy</dt>
        <dd>
          paths, places and the ROI table: groups of fewer than {manifest.k} persons are summed as (suppressed); credit
          by day is of orders, not of persons
        </dd>
        <dt>To take along</dt>
        <dd>a CSV under each chart; the page itself prints to PDF; more under Exports in the API</dd>
      </dl>
      <h2>What changed since the last run</h2>
      {change.previous === undefined ? (
        <p>There is no earlier run to compare with.</p>
      ) : (
        <dl class="run">
          <dt>Data</dt>
          <dd>{change.data.length === 0 ? 'nothing' : change.data.join('; ')}</dd>
          <dt>Method</dt>
          <dd>{change.method.length === 0 ? 'nothing' : change.method.join('; ')}</dd>
          <dt>Compared with</dt>
          <dd>{change.previous}</dd>
        </dl>
      )}
    </footer>
  );
}
