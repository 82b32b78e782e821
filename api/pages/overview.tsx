import { headlineOf } from '../../pipeline/answer.ts';
import { readProfit } from '../../pipeline/views/read-finance.ts';
import {
  type CreditChoice,
  periodBefore,
  readDays,
  readTotals,
  readWeeks,
  type Totals,
} from '../../pipeline/views/read-overview.ts';
import { readStudies, type Study } from '../../pipeline/views/read-studies.ts';
import { drawLines, drawStack, type Line } from './charts/time.ts';
import { contributionFigure } from './contribution-figure.tsx';
import { FigureView } from './figure.tsx';
import { day, money, nameOf, number, percent, shortMoney } from './format.ts';
import type { Figure, Page, PageCall } from './page.ts';

const ID = 'overview';
/** Channels drawn one by one; the rest is one part. */
const DRAWN_CHANNELS = 6;

export const overviewPage: Page = {
  id: ID,
  title: 'Overview',
  about: 'What was sold, what was spent, and who was there before the sale.',
  filters: ['period', 'model', 'basis'],
  async make(call) {
    const { results, shown } = call;
    if (shown.from === '') return { figures: [], body: <NoOrders /> };
    const before = periodBefore(shown, results.manifest.period.from);
    const { all, attributed } = await readTotals(results, shown);
    const earlier = before === undefined ? undefined : (await readTotals(results, { ...shown, ...before })).all;
    const { from, to } = results.manifest.period;
    // costs are summed by period of the finance calendar, so they can be told for all of the run only
    const isWhole = shown.from === from && shown.to === to;
    const profit = isWhole ? await readProfit(results, shown.basis) : undefined;
    const measured = headlineOf(await readStudies(results));
    const figures = [await weeksFigure(call), await contributionFigure(call), await daysFigure(call, before)].filter(
      (figure) => figure !== undefined,
    );
    return {
      figures,
      body: (
        <>
          <Tiles call={call} all={all} attributed={attributed} earlier={earlier} profit={profit} measured={measured} />
          <p class="note">
            {before === undefined
              ? 'The run has no earlier period of the same length to compare with. '
              : `Compared with ${day(before.from)} to ${day(before.to)}, the same number of days just before. `}
            These are counts and sums of what happened, exact and without interval. What marketing added to them is a
            question for <a href={call.link('')}>Did it sell?</a>
          </p>
          {figures.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
        </>
      ),
    };
  },
};

export function NoOrders() {
  return (
    <div class="box">
      <p>The run holds no orders. Load the orders of your shop, then publish again:</p>
      <pre>
        <code>{'liftproof ingest orders.csv\nliftproof run'}</code>
      </pre>
    </div>
  );
}

interface TilesProps {
  call: PageCall;
  all: Totals;
  attributed: Totals;
  earlier: Totals | undefined;
  /** null where a cost is not known, undefined where it cannot be told for this period */
  profit: string | null | undefined;
  /** the study that the first page answers with */
  measured: Study | null;
}

function Tiles({ call: { currency }, all, attributed, earlier, profit, measured }: TilesProps) {
  const spent = Number(all.spend ?? 0) > 0;
  const share = Number(all.revenue_net) > 0 ? Number(attributed.revenue_net) / Number(all.revenue_net) : null;
  return (
    <ul class="tiles">
      <Tile
        name="Net revenue"
        value={money(all.revenue_net, currency)}
        more={[`refunds ${money(all.refunds, currency)}`, changed(all.revenue_net, earlier?.revenue_net)]}
      />
      <Tile
        name="Orders"
        value={number(all.conversions, 0)}
        more={[`of new customers ${number(all.new_conversions, 0)}`, changed(all.conversions, earlier?.conversions)]}
      />
      <Tile
        name="Spend on media"
        value={money(all.spend, currency)}
        more={[spent ? '' : 'no spend was loaded', changed(all.spend, earlier?.spend)]}
      />
      {profit === undefined ? null : (
        <Tile
          name="Profit after ad spend"
          value={money(profit, currency)}
          more={[profit === null ? 'costs of goods are missing: load them' : 'after goods, fulfilment, fees and spend']}
        />
      )}
      <Tile
        name="Revenue for each 1 of spend (MER)"
        value={all.roas === null ? '–' : number(all.roas, 2)}
        more={['all net revenue over all spend', changed(all.roas, earlier?.roas)]}
      />
      <Tile
        name="Cost of a new customer (CAC)"
        value={all.cac_blended === null ? '–' : money(cents(all.cac_blended), currency)}
        more={['all spend over all new customers', changed(all.cac_blended, earlier?.cac_blended)]}
      />
      <Tile
        name="Revenue per order"
        value={all.aov === null ? '–' : money(cents(all.aov), currency)}
        more={[changed(all.aov, earlier?.aov)]}
      />
      <Tile
        name="Revenue that could be credited"
        value={share === null ? '–' : percent(share)}
        more={[`${money(attributed.revenue_net, currency)} had a known touch before it`]}
      />
      {measured === null ? null : <MeasuredTile study={measured} currency={currency} />}
      <Tile
        name="New-customer revenue for each 1 of spend"
        value={all.nroas === null ? '–' : number(all.nroas, 2)}
        more={['revenue of first orders over all spend', changed(all.nroas, earlier?.nroas)]}
      />
    </ul>
  );
}

/** The one number here that says what marketing added, and how sure that is. */
function MeasuredTile({ study, currency }: { study: Study; currency: string }) {
  const { value, lo, hi, level, unit, grade } = study;
  if (value === null || lo === null || hi === null || unit !== currency) return null;
  const short = (amount: number): string => shortMoney(amount, currency);
  return (
    <Tile
      name={`Extra revenue measured: ${study.study}`}
      value={short(value)}
      more={[
        `${percent(level ?? 0.9)}: ${short(lo)} to ${short(hi)}, evidence ${grade}`,
        `${day(study.startDate)} to ${day(study.endDate)}`,
      ]}
    />
  );
}

function Tile({ name, value, more }: { name: string; value: string; more: readonly string[] }) {
  return (
    <li class="tile">
      <p class="name">{name}</p>
      <p class="big">{value}</p>
      {more
        .filter((line) => line !== '')
        .map((line) => (
          <p class="more">{line}</p>
        ))}
    </li>
  );
}

/** Ratios come with four places; money for people has those of its currency. */
function cents(value: string): string {
  return Number(value).toFixed(2);
}

function changed(now: string | null, earlier: string | null | undefined): string {
  if (now === null || earlier === null || earlier === undefined || Number(earlier) <= 0) return '';
  const change = Number(now) / Number(earlier) - 1;
  if (Math.abs(change) < 0.005) return '= as before';
  return `${change > 0 ? '▲ up' : '▼ down'} ${percent(Math.abs(change))}`;
}

async function weeksFigure(call: PageCall): Promise<Figure> {
  const { results, shown, currency } = call;
  const table = await readWeeks(results, shown as CreditChoice);
  const rows = table.rows.map(([week, channel, revenue]) => ({
    week: week!,
    channel: channel!,
    revenue: Number(revenue),
  }));
  const totals = new Map<string, number>();
  for (const { channel, revenue } of rows) totals.set(channel, (totals.get(channel) ?? 0) + revenue);
  const ranked = [...totals.entries()].filter(([channel]) => channel !== '(unattributed)').sort((a, b) => b[1] - a[1]);
  const drawn = ranked.slice(0, DRAWN_CHANNELS).map(([channel]) => channel);
  const whole = [...totals.values()].reduce((sum, value) => sum + value, 0);
  const unattributed = totals.get('(unattributed)') ?? 0;
  const weeks = [...new Set(rows.map((row) => row.week))].sort();
  const line = (name: string, colour: number | undefined, isOf: (channel: string) => boolean): Line => ({
    name,
    colour,
    points: weeks.map((week) => ({
      day: week,
      value: rows.reduce((sum, row) => (row.week === week && isOf(row.channel) ? sum + row.revenue : sum), 0),
    })),
  });
  const hasOthers = ranked.length > drawn.length;
  const parts = [
    line('not attributed', undefined, (channel) => channel === '(unattributed)'),
    ...(hasOthers
      ? [line('other channels', 7, (channel) => channel !== '(unattributed)' && !drawn.includes(channel))]
      : []),
    ...[...drawn].reverse().map((channel) => line(channel, drawn.indexOf(channel), (one) => one === channel)),
  ];
  const top = ranked[0];
  const summary =
    whole <= 0 || top === undefined
      ? 'No revenue was credited to a channel in this period.'
      : `${top[0]} was there before most sales: ${nameOf(shown.model)} credits it with ${percent(top[1] / whole)} of ${shortMoney(whole, currency)} net revenue; ${percent(unattributed / whole)} could not be credited to anyone.`;
  return {
    id: 'revenue-by-week',
    title: 'Net revenue by week, as credited to channels',
    summary,
    draw: (width) => drawStack(parts, { width, format: (value) => shortMoney(value, currency) }),
    table,
    how: 'credit',
    notes: [
      'Credit, not proof (evidence E). The grey part is what no known touch stood before. A week at the edge of the period holds only its days within it.',
    ],
  };
}

async function daysFigure(call: PageCall, before: { from: string; to: string } | undefined): Promise<Figure> {
  const { results, shown, currency } = call;
  const table = await readDays(results, shown as CreditChoice);
  const now: Line = {
    name: 'this period',
    colour: 0,
    points: table.rows.map(([at, revenue]) => ({ day: at!, value: Number(revenue) })),
  };
  const lines = [now];
  if (before !== undefined) {
    const earlier = await readDays(results, { ...(shown as CreditChoice), ...before });
    const shift = Date.parse(shown.from) - Date.parse(before.from);
    lines.push({
      name: 'period before',
      isDashed: true,
      points: earlier.rows.map(([at, revenue]) => ({
        day: new Date(Date.parse(at!) + shift).toISOString().slice(0, 10),
        value: Number(revenue),
      })),
    });
  }
  const best = [...now.points].sort((a, b) => b.value - a.value)[0];
  return {
    id: 'revenue-by-day',
    title: 'Net revenue by day',
    summary:
      best === undefined
        ? 'Nothing was sold in this period.'
        : `The best day was ${day(best.day)} with ${shortMoney(best.value, currency)}; the mean day had ${shortMoney(now.points.reduce((sum, point) => sum + point.value, 0) / now.points.length, currency)}.`,
    draw: (width) => drawLines(lines, { width, format: (value) => shortMoney(value, currency) }),
    table,
    how: 'money',
  };
}
