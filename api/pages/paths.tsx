import { countColumn, makeTable, moneyColumn, ratioColumn, textColumn } from '../../pipeline/views/make-table.ts';
import {
  assistedAndClosing,
  pathFlow,
  pathLengths,
  readPaths,
  withoutEarlier,
} from '../../pipeline/views/read-journeys.ts';
import { drawPairs } from './charts/dots.ts';
import { drawBars } from './charts/rows.ts';
import { drawSankey } from './charts/sankey.ts';
import { FigureView } from './figure.tsx';
import { number, percent } from './format.ts';
import { orderLagFigure } from './lag-figures.tsx';
import type { Figure, Page } from './page.ts';

const ID = 'paths';
const MOST_PATHS = 30;
/** Steps before the order that are drawn; earlier ones of longer paths are one node, or left out where it is narrow. */
const WIDE_STEPS = 3;
const NARROW_STEPS = 2;

export const pathsPage: Page = {
  id: ID,
  title: 'Paths',
  about: 'Which channels people touched on their way to an order, and in which order.',
  filters: [],
  async make(call) {
    const { results } = call;
    const rows = await readPaths(results);
    const followed = rows.filter((row) => row.kind === 'path' && row.conversions > 0);
    if (followed.length === 0)
      return {
        figures: [],
        body: (
          <div class="box">
            <p>
              No path was taken by enough persons ({results.manifest.k}) to be shown. Paths need web visits or links
              that can be joined to orders: load the events of your site and check what could be followed on{' '}
              <a href={call.link('trust')}>Trust</a>.
            </p>
          </div>
        ),
      };
    const orders = rows.reduce((sum, row) => sum + row.conversions, 0);
    const flow = pathFlow(rows, MOST_PATHS, WIDE_STEPS);
    const lengths = pathLengths(rows);
    const assists = assistedAndClosing(rows);
    const ends = rows.filter((row) => row.kind === 'no touch' || row.kind === 'only direct or unknown');
    const unseen = ends.reduce((sum, row) => sum + row.conversions, 0);
    const single = lengths.find((row) => row.steps === '1 step')?.orders ?? 0;
    const told = followed.reduce((sum, row) => sum + row.conversions, 0);
    const helper = [...assists].sort((a, b) => b.assisting - a.assisting)[0];
    const figures: Figure[] = [
      {
        id: 'flow',
        title: 'From step to step to the order',
        summary: `The path taken most is ${followed[0].path} with ${number(followed[0].conversions)} of ${number(orders)} orders; ${number(unseen)} orders (${percent(unseen / orders)}) had no known channel before them and are not drawn.`,
        draw: (width) =>
          drawSankey(width < 500 ? withoutEarlier(pathFlow(rows, MOST_PATHS, NARROW_STEPS)) : flow, { width }),
        table: makeTable(
          [
            textColumn('path', 'Path'),
            countColumn('length', 'Steps'),
            countColumn('conversions', 'Orders'),
            countColumn('nonConversions', 'Without order'),
            moneyColumn('revenue', 'Revenue, gross', results),
            ratioColumn('meanDays', 'Mean days', 2),
          ],
          rows.map((row) => ({ ...row })),
        ),
        how: 'paths',
        notes: [
          `Drawn one by one: the ${flow.shownPaths} paths with most orders. ${flow.otherOrders > 0 ? `"Other paths" holds ${number(flow.otherOrders)} orders of paths that too few persons took to be shown.` : ''}`,
        ],
      },
      {
        id: 'assists',
        title: 'Closing and assisting',
        summary:
          helper === undefined || helper.assisting === 0
            ? 'No channel stood earlier in a path than its last step.'
            : `${helper.channel} helped most without being last: it stood earlier in the path of ${number(helper.assisting)} orders and closed ${number(helper.closing)}.`,
        draw: (width) =>
          drawPairs(
            assists.map((row) => ({
              label: row.channel,
              first: row.closing,
              second: row.assisting,
              text: `${number(row.closing)} and ${number(row.assisting)}`,
            })),
            { width, format: (value) => number(value) },
          ),
        keys: [
          { label: 'closing: was the last step', series: 1, shape: 'circle' },
          { label: 'assisting: stood earlier in the path', series: 2, shape: 'triangle' },
        ],
        table: makeTable(
          [textColumn('channel', 'Channel'), countColumn('closing', 'Closing'), countColumn('assisting', 'Assisting')],
          assists,
        ),
        how: 'paths',
        notes: ['Of the paths that are shown. One order counts once for each channel in its path.'],
      },
      {
        id: 'lengths',
        title: 'How many steps, how many days',
        summary: `${percent(single / told)} of the orders whose path can be told had one step; ${longest(lengths)}`,
        draw: (width) =>
          drawBars(
            lengths.map((row) => ({
              label: row.steps,
              value: row.orders,
              text:
                width < 500 || row.meanDays === null
                  ? number(row.orders)
                  : `${number(row.orders)} orders, ${number(row.meanDays, 1)} days`,
              isMuted: row.steps.startsWith('rare'),
            })),
            { width, format: (value) => number(value) },
          ),
        table: makeTable(
          [textColumn('steps', 'Path'), countColumn('orders', 'Orders'), ratioColumn('meanDays', 'Mean days', 2)],
          lengths,
        ),
        how: 'paths',
        notes: [
          'Bars are orders; days are the mean from first touch to the end, over journeys with and without an order.',
        ],
      },
    ];
    const lag = await orderLagFigure(call);
    if (lag !== undefined) figures.push(lag);
    return {
      figures,
      body: (
        <>
          {figures.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
        </>
      ),
    };
  },
};

function longest(lengths: readonly { steps: string; orders: number; meanDays: number | null }[]): string {
  const told = lengths.filter((row) => !row.steps.startsWith('rare') && row.meanDays !== null);
  const last = told[told.length - 1];
  return last === undefined
    ? 'how long they took is not known.'
    : `paths of ${last.steps} took ${number(last.meanDays, 1)} days on average.`;
}
