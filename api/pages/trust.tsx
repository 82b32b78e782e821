import { countColumn, makeTable, shareColumn, textColumn } from '../../pipeline/views/make-table.ts';
import { readMixRun } from '../../pipeline/views/read-mix.ts';
import { readModelAgreement } from '../../pipeline/views/read-models.ts';
import { readCoverage, readSources, readUnmapped } from '../../pipeline/views/read-quality.ts';
import { drawBars } from './charts/rows.ts';
import { backtestsFigure, calibrationFigure, earlierFigure, foretoldFigure } from './coverage.tsx';
import { FigureView } from './figure.tsx';
import { instant, listed, number, percent, withModelNames } from './format.ts';
import { Mark } from './marks.tsx';
import { experimentsFigure } from './mix-belief.tsx';
import type { Figure, Page, PageCall } from './page.ts';
import { darkFigure } from './posts.tsx';

const ID = 'trust';
/** Days between the newest and the oldest source beyond which the page says so. */
const STALE_DAYS = 3;

export const trustPage: Page = {
  id: ID,
  title: 'Trust',
  about: 'Whether the data are whole and fresh, and how far the numbers can be believed.',
  filters: [],
  async make(call) {
    const mix = await readMixRun(call.results);
    const trials = [
      await calibrationFigure(call),
      await backtestsFigure(call),
      mix?.status === 'ok' ? await experimentsFigure(call, mix) : undefined,
      await foretoldFigure(call),
      await earlierFigure(call),
    ].filter((figure) => figure !== undefined);
    const data = [
      await darkFigure(call),
      await checksFigure(call),
      await freshnessFigure(call),
      await touchesFigure(call),
      await unmappedFigure(call),
    ].filter((figure) => figure !== undefined);
    const view = (figure: Figure) => <FigureView figure={figure} call={call} page={ID} />;
    return {
      figures: [...trials, ...data],
      body: (
        <>
          <Checks call={call} />
          <h2>Do stated intervals hold?</h2>
          {trials.some((figure) => figure.id === 'calibration') ? null : (
            <p>
              No interval of this run could be held against a known truth yet. That takes a study with 200 untreated
              comparisons or more, or a mix model with weeks that were kept back.
            </p>
          )}
          {trials.map(view)}
          <h2>Are the data whole and fresh?</h2>
          {data.map(view)}
          <Models call={call} rows={await readModelAgreement(call.results)} />
        </>
      ),
    };
  },
};

function Checks({ call }: { call: PageCall }) {
  const { checks } = call.results.manifest;
  const broken = checks.filter((check) => check.broken > 0);
  return (
    <section>
      <h2>Rules that the data broke</h2>
      {broken.length === 0 ? (
        <p>
          <Mark state="ok" /> None: all {checks.length} checks hold.
        </p>
      ) : (
        <ul class="checks">
          {broken.map((check) => (
            <li>
              <Mark state={check.severity === 'error' ? 'bad' : 'warn'} />
              <p>
                <b>
                  {number(check.broken)} {check.broken === 1 ? 'row' : 'rows'}
                </b>
                : {check.rule} <code>{check.check}</code>
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

async function checksFigure(call: PageCall): Promise<Figure> {
  const { checks } = call.results.manifest;
  const held = checks.filter((check) => check.broken === 0).length;
  return {
    id: 'checks',
    title: 'All checks of this run',
    summary: `${held} of ${checks.length} checks hold.`,
    table: makeTable(
      [
        textColumn('check', 'Check'),
        textColumn('state', 'State'),
        countColumn('broken', 'Rows that break it'),
        textColumn('rule', 'Rule'),
      ],
      checks.map((check) => ({
        ...check,
        state: check.broken === 0 ? 'holds' : check.severity === 'error' ? 'broken' : 'look at it',
      })),
    ),
    how: 'checks',
  };
}

async function freshnessFigure(call: PageCall): Promise<Figure> {
  const sources = await readSources(call.results);
  const known = sources.filter((source) => source.lastExportedAt !== null);
  const unsaid = sources.length - known.length;
  const times = known.map((source) => Date.parse(source.lastExportedAt!));
  const newest = Math.max(...times);
  const late = known.filter((source) => newest - Date.parse(source.lastExportedAt!) > STALE_DAYS * 86_400_000);
  const rejected = sources.reduce((sum, source) => sum + source.rejected, 0);
  const age = known.length === 0 ? 0 : Math.floor((call.now.getTime() - newest) / 86_400_000);
  const words =
    known.length === 0
      ? 'No source says when its files were exported.'
      : `The newest file was exported ${instant(new Date(newest).toISOString())}${age >= 1 ? `, ${age} ${age === 1 ? 'day' : 'days'} ago` : ''}; ${
          late.length === 0
            ? `no source is more than ${STALE_DAYS} days behind it`
            : `${listed([...new Set(late.map((source) => source.source))])} ${late.length === 1 ? 'is' : 'are'} more than ${STALE_DAYS} days behind it`
        }.`;
  return {
    id: 'freshness',
    title: 'Freshness and rejected rows by source',
    summary: `${words} ${rejected === 0 ? 'No row was rejected.' : `${number(rejected)} rows were rejected.`}`,
    table: makeTable(
      [
        textColumn('source', 'Source'),
        textColumn('kind', 'Kind'),
        countColumn('files', 'Files'),
        countColumn('rows', 'Rows read'),
        countColumn('rejected', 'Rejected'),
        { id: 'lastExportedAt', label: 'Newest export', type: 'instant' },
      ],
      sources.map((source) => ({ ...source })),
    ),
    how: 'freshness',
    notes:
      unsaid > 0
        ? [`${unsaid} ${unsaid === 1 ? 'source does' : 'sources do'} not say when its files were exported.`]
        : [],
  };
}

async function touchesFigure(call: PageCall): Promise<Figure | undefined> {
  const { touches } = await readCoverage(call.results);
  const whole = touches.find((row) => row.measure === 'touches')?.count ?? 0;
  const usable = touches.find((row) => row.measure.startsWith('touches usable'))?.count ?? 0;
  if (whole === 0) return undefined;
  return {
    id: 'touches',
    title: 'Touches, and why some are not used',
    summary: `${percent(usable / whole)} of ${number(whole)} touches could be used in journeys.`,
    draw: (width) =>
      drawBars(
        touches.map((row) => ({
          label: row.measure,
          value: row.count,
          text: number(row.count),
          isMuted: row.measure !== 'touches usable in journeys',
        })),
        { width, format: (value) => number(value) },
      ),
    table: makeTable(
      [textColumn('measure', 'Measure'), countColumn('count', 'Touches'), shareColumn('share', 'Share')],
      touches.map((row) => ({ ...row })),
    ),
    how: 'coverage',
  };
}

async function unmappedFigure(call: PageCall): Promise<Figure | undefined> {
  const rows = await readUnmapped(call.results);
  if (rows.length === 0) return undefined;
  return {
    id: 'unmapped',
    title: 'Campaign names that belong to no campaign',
    summary: `${number(rows.length)} ${rows.length === 1 ? 'name stands' : 'names stand'} in links and ${rows.length === 1 ? 'is' : 'are'} not mapped; nothing is mapped silently. Add ${rows.length === 1 ? 'it' : 'them'} to campaign_map in liftproof.yaml.`,
    table: makeTable(
      [
        textColumn('source', 'Source'),
        textColumn('campaign', 'Name in links'),
        countColumn('touches', 'Touches'),
        textColumn('suggested_campaign_id', 'Nearest campaign'),
      ],
      rows,
    ),
    how: 'checks',
  };
}

function Models({ call, rows }: { call: PageCall; rows: Awaited<ReturnType<typeof readModelAgreement>> }) {
  if (rows.length === 0) return null;
  const apart = rows.filter((row) => row.words !== null);
  return (
    <section>
      <h2>Where the choice of model decides</h2>
      {apart.length === 0 ? (
        <p>
          <Mark state="ok" /> Nowhere: no channel's credit differs by more than twice between models.
        </p>
      ) : (
        <ul class="checks">
          {apart.map((row) => (
            <li>
              <Mark state="warn" />
              <p>
                <b>{row.channel}</b>: {withModelNames(row.words ?? '')}
              </p>
            </li>
          ))}
        </ul>
      )}
      <p>
        <a href={`${call.link('channels')}#models`}>All models side by side</a>
      </p>
    </section>
  );
}
