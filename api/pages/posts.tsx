import {
  countColumn,
  creditColumn,
  dayColumn,
  makeTable,
  moneyColumn,
  shareColumn,
  textColumn,
} from '../../pipeline/views/make-table.ts';
import { readEngagementWeeks, readKinds, readPlatforms } from '../../pipeline/views/read-engagement.ts';
import { readCoverage } from '../../pipeline/views/read-quality.ts';
import { drawBars } from './charts/rows.ts';
import { drawStack, type Line } from './charts/time.ts';
import { engagementWorthFigure } from './engagement-worth.tsx';
import { FigureView } from './figure.tsx';
import { day, money, nameOf, number, percent, shortMoney } from './format.ts';
import { engagementLagFigure } from './lag-figures.tsx';
import type { Figure, Page, PageCall } from './page.ts';
import { postsFigure } from './posts-figure.tsx';

const ID = 'posts';

export const postsPage: Page = {
  id: ID,
  title: 'Posts and engagement',
  about: 'What people did with your posts, and which orders had a post before them.',
  filters: ['period', 'model'],
  async make(call) {
    const figures = [
      await weeksFigure(call),
      await postsFigure(call),
      await platformsFigure(call),
      await kindsFigure(call),
      await engagementLagFigure(call),
      await darkFigure(call),
    ].filter((figure) => figure !== undefined);
    const worth = await engagementWorthFigure(call);
    if (worth !== undefined) figures.unshift(worth);
    return {
      figures,
      body: (
        <>
          <p>
            Credit is not proof (evidence E). Whether engagement <em>made</em> sales is answered on{' '}
            <a href={call.link('')}>Did it sell?</a>
            {worth === undefined
              ? ' What 1 000 engagements sell is not known here: only a posting schedule that was drawn by lot can tell.'
              : null}
          </p>
          {figures.length > 1 ? null : (
            <div class="box">
              <p>The run holds no posts. Load what your platforms or your scheduler export, then publish again:</p>
              <pre>
                <code>{'liftproof ingest instagram_posts.csv\nliftproof run'}</code>
              </pre>
            </div>
          )}
          {figures.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
        </>
      ),
    };
  },
};

async function weeksFigure(call: PageCall): Promise<Figure | undefined> {
  const { results, shown } = call;
  if (shown.from === '') return undefined;
  const rows = await readEngagementWeeks(results, shown.from, shown.to);
  if (rows.length === 0) return undefined;
  const totals = new Map<string, number>();
  for (const { platform, engagements } of rows) totals.set(platform, (totals.get(platform) ?? 0) + engagements);
  const ranked = [...totals.entries()].sort((a, b) => b[1] - a[1]);
  const weeks = [...new Set(rows.map((row) => row.week))].sort();
  const whole = ranked.reduce((sum, [, value]) => sum + value, 0);
  const parts: Line[] = ranked.slice(0, 8).map(([platform], i) => ({
    name: nameOf(platform),
    colour: i,
    points: weeks.map((week) => ({
      day: week,
      value: rows.find((row) => row.week === week && row.platform === platform)?.engagements ?? 0,
    })),
  }));
  const others = ranked.slice(8).map(([platform]) => platform);
  if (others.length > 0)
    parts.push({
      name: 'other platforms',
      points: weeks.map((week) => ({
        day: week,
        value: rows.reduce(
          (sum, row) => (row.week === week && others.includes(row.platform) ? sum + row.engagements : sum),
          0,
        ),
      })),
    });
  return {
    id: 'engagement-by-week',
    title: 'Engagements by week',
    summary: `${number(whole)} engagements from ${day(shown.from)} to ${day(shown.to)}; ${nameOf(ranked[0][0])} had most, ${percent(ranked[0][1] / whole)}.`,
    draw: (width) => drawStack([...parts].reverse(), { width, format: (value) => number(value) }),
    table: makeTable(
      [dayColumn('week', 'Week from'), textColumn('platform', 'Platform'), countColumn('engagements', 'Engagements')],
      rows.map((row) => ({ ...row })),
    ),
    how: 'posts',
    notes: ['Reactions, comments, shares and saves, on the day of the post or of the action, as the source tells it.'],
  };
}

async function platformsFigure(call: PageCall): Promise<Figure | undefined> {
  const { results, shown, currency } = call;
  const rows = await readPlatforms(results, shown.model);
  if (rows.length === 0) return undefined;
  const [best] = rows;
  return {
    id: 'platforms',
    title: 'Platforms',
    summary: `Posts on ${nameOf(best.platform)} stand before most credited sales: ${money(best.revenue, currency)} with ${number(best.engagements)} engagements on ${number(best.posts)} posts.`,
    draw: (width) =>
      drawBars(
        rows.map((row) => ({
          label: nameOf(row.platform),
          value: Number(row.revenue),
          text: shortMoney(Number(row.revenue), currency),
        })),
        { width, format: (value) => shortMoney(value, currency) },
      ),
    table: makeTable(
      [
        textColumn('platform', 'Platform'),
        countColumn('posts', 'Posts'),
        countColumn('engagements', 'Engagements'),
        countColumn('negative', 'Negative reactions'),
        creditColumn('conversions', 'Orders'),
        moneyColumn('revenue', 'Revenue, net', results),
      ],
      rows.map((row) => ({ ...row })),
    ),
    how: 'posts',
    notes: ['Credited net revenue; whole run.'],
  };
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  link_clicks: 'clicked the link of a post',
  reactions: 'reactions to posts of the campaign',
  comments: 'comments on posts of the campaign',
  shares: 'shares of posts of the campaign',
  saves: 'saves of posts of the campaign',
  views: 'views of posts of the campaign',
  '(none)': 'campaign without a post',
};

async function kindsFigure(call: PageCall): Promise<Figure | undefined> {
  const { results, shown, currency } = call;
  const rows = await readKinds(results, shown.model);
  const sums = new Map<string, number>();
  for (const { kind, revenue } of rows) sums.set(kind, (sums.get(kind) ?? 0) + Number(revenue));
  const ranked = [...sums.entries()].sort((a, b) => b[1] - a[1]);
  if (ranked.length === 0) return undefined;
  const whole = ranked.reduce((sum, [, value]) => sum + value, 0);
  const clicks = sums.get('link_clicks') ?? 0;
  return {
    id: 'kinds',
    title: 'What people had done before',
    summary: `${percent(whole === 0 ? 0 : clicks / whole)} of the credit of posts comes from visits that name their post; the rest is shared over the posts of a campaign by the engagement just before.`,
    draw: (width) =>
      drawBars(
        ranked.map(([kind, value]) => ({
          label: KIND_WORDS[kind] ?? kind,
          value,
          text: shortMoney(value, currency),
          isMuted: kind === '(none)',
        })),
        { width, format: (value) => shortMoney(value, currency) },
      ),
    table: makeTable(
      [
        textColumn('kind', 'Engagement'),
        textColumn('matched_by', 'Matched by'),
        creditColumn('conversions', 'Orders'),
        moneyColumn('revenue', 'Revenue, net', results),
      ],
      rows,
    ),
    how: 'posts',
    notes: [
      'Credited net revenue; whole run. How the campaign share is split between kinds is set by weights in liftproof.yaml, not measured.',
    ],
  };
}

const COVERAGE_WORDS: Readonly<Record<string, string>> = {
  'matched by person': 'followed to a person',
  'matched by the order itself': 'told by the order itself',
  'matched by campaign window': 'by the window of a campaign',
  'seen, but only by direct or unknown visits': 'only direct or unknown visits (dark)',
  unattributed: 'nothing seen before (dark)',
};

/** What no tool can see is a bar of its own, not left out. */
export async function darkFigure(call: PageCall): Promise<Figure | undefined> {
  const { orders } = await readCoverage(call.results);
  const rows = orders.filter((row) => COVERAGE_WORDS[row.measure] !== undefined);
  const whole = orders.find((row) => row.measure === 'conversions')?.count ?? 0;
  if (whole === 0) return undefined;
  const dark = rows.filter((row) => COVERAGE_WORDS[row.measure].includes('dark'));
  const unseen = dark.reduce((sum, row) => sum + row.count, 0);
  return {
    id: 'dark',
    title: 'What could be followed, and the dark share',
    summary: `${percent(unseen / whole)} of ${number(whole)} orders are dark: nothing but direct or unknown visits, or nothing at all, was seen before them. No path model can say what social did for these.`,
    draw: (width) =>
      drawBars(
        rows.map((row) => ({
          label: COVERAGE_WORDS[row.measure],
          value: row.count,
          text: `${number(row.count)} (${percent(row.count / whole)})`,
          isMuted: dark.includes(row),
        })),
        { width, format: (value) => number(value) },
      ),
    keys: [
      { label: 'followed', series: 1, shape: 'square' },
      { label: 'dark: not followed', series: 'muted', shape: 'square' },
    ],
    table: makeTable(
      [
        textColumn('measure', 'Measure'),
        countColumn('count', 'Orders'),
        shareColumn('share', 'Share'),
        moneyColumn('revenue', 'Revenue, gross', call.results),
      ],
      orders.map((row) => ({ ...row })),
    ),
    how: 'coverage',
    notes: ['Orders of the whole run.'],
  };
}
