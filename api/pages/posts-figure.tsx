import { makeReport } from '../../pipeline/reports.ts';
import { moneyColumn } from '../../pipeline/views/make-table.ts';
import { readPostFacts } from '../../pipeline/views/read-engagement.ts';
import { drawBars } from './charts/rows.ts';
import { day, nameOf, number, percent, shortMoney } from './format.ts';
import type { Figure, PageCall } from './page.ts';

const DRAWN_POSTS = 20;
/** Below this, a rate per thousand engagements says nothing. */
const FEW_ENGAGEMENTS = 30;

export async function postsFigure(call: PageCall): Promise<Figure | undefined> {
  const { results, shown, currency } = call;
  const { table: all } = await makeReport(results, 'posts', { model: shown.model, limit: 10_000 });
  const at = (id: string): number => all.columns.findIndex((column) => column.id === id);
  const posts = all.rows.filter((row) => !row[at('post_id')]!.startsWith('('));
  if (posts.length === 0) return undefined;
  const facts = await readPostFacts(results);
  const factsOf = (row: readonly (string | null)[]) => facts.get(`${row[at('platform')]} ${row[at('post_id')]}`);
  const columns = [...all.columns];
  columns.splice(at('engagements') + 1, 0, {
    ...moneyColumn('per_1000', 'Credited per 1 000 engagements', results),
    formula: '1000 * credited revenue_net / engagements; empty below 30 engagements',
  });
  const rows = posts.map((row) => {
    const engagements = Number(row[at('engagements')] ?? 0);
    const rate =
      engagements < FEW_ENGAGEMENTS ? null : ((1000 * Number(row[at('revenue_net')])) / engagements).toFixed(2);
    const made = [...row];
    made.splice(at('engagements') + 1, 0, rate);
    return made;
  });
  const nameOfPost = (row: readonly (string | null)[]): string =>
    `${nameOf(row[at('platform')]!)} ${factsOf(row)?.kind ?? 'post'}, ${day(row[at('published')])}`;
  const campaignOf = (row: readonly (string | null)[]): string => {
    const campaign = row[at('campaign_id')];
    return campaign === null || campaign.startsWith('(') ? '' : `, ${campaign}`;
  };
  const revenue = (row: readonly (string | null)[]): number => Number(row[at('revenue_net')]);
  const whole = posts.reduce((sum, row) => sum + revenue(row), 0);
  const [best] = posts;
  return {
    id: 'posts',
    title: 'Posts with most credited revenue',
    summary: `${number(posts.length)} ${posts.length === 1 ? 'post has' : 'posts share'} ${shortMoney(whole, currency)} of credited revenue; the first, ${nameOfPost(best)}${campaignOf(best)}, has ${percent(whole === 0 ? 0 : revenue(best) / whole)} of it.`,
    draw: (width) =>
      drawBars(
        posts.slice(0, DRAWN_POSTS).map((row) => ({
          label: `${nameOfPost(row)}${campaignOf(row)}`,
          value: revenue(row),
          text: shortMoney(revenue(row), currency),
        })),
        { width, format: (value) => shortMoney(value, currency) },
      ),
    table: { ...all, columns, rows, totalRows: rows.length, truncated: false },
    rowLinks: { column: at('post_id'), addresses: posts.map((row) => factsOf(row)?.permalink ?? null) },
    how: 'posts',
    notes: [
      `Whole run. The ${Math.min(DRAWN_POSTS, posts.length)} first are drawn; the table has each post with a link to it. A rate per 1 000 engagements of credited revenue is no effect of engagement; it is empty below ${FEW_ENGAGEMENTS} engagements.`,
    ],
  };
}
