import { type RoiLine, totalLine } from '../../pipeline/finance/roi-line.ts';
import { publishedPeriods, roiTable } from '../../pipeline/roi-table.ts';
import type { Table } from '../../pipeline/table.ts';
import { countColumn, makeTable, moneyColumn, textColumn } from '../../pipeline/views/make-table.ts';
import { type BridgeStep, readBridge } from '../../pipeline/views/read-finance.ts';
import { searchOf } from './asked.ts';
import { drawBars } from './charts/rows.ts';
import { drawWaterfall } from './charts/waterfall.ts';
import { FigureView } from './figure.tsx';
import { day, money, nameOf, number, shortMoney } from './format.ts';
import { Mark } from './marks.tsx';
import type { Figure, Page, PageCall } from './page.ts';
import { PeriodStates } from './period-forms.tsx';

const ID = 'finance';

export const financePage: Page = {
  id: ID,
  title: 'Finance',
  about: 'What was earned on what was spent, and how it follows from the books.',
  filters: ['basis'],
  scope: 'finance:read',
  isLive: true,
  async make(call) {
    const periods = await publishedPeriods(call.results);
    if (periods.length === 0) return { figures: [], body: <NoFinance /> };
    const chosen =
      periods.find((one) => one.period === call.asked.book) ?? newestOf(periods, call.results.manifest.period.to);
    const bridge = await readBridge(call.results, chosen.period, call.shown.basis);
    const figures = [
      bridgeFigure(call, bridge, 'revenue', chosen.period),
      bridgeFigure(call, bridge, 'spend', chosen.period),
      ...(await roiFigures(call, chosen.period)),
    ].filter((figure) => figure !== undefined);
    return {
      figures,
      facts: {
        period: `${chosen.period}, ${day(chosen.start)} to ${day(chosen.end)}`,
        model: nameOf(call.results.manifest.finance?.model ?? call.shown.model),
      },
      body: (
        <>
          <Periods call={call} periods={periods} chosen={chosen.period} />
          {call.asked.book !== undefined && chosen.period !== call.asked.book ? (
            <p class="error">
              The run has nothing of {call.asked.book}; {chosen.period} is shown.
            </p>
          ) : null}
          <h2>
            {chosen.period}: {day(chosen.start)} to {day(chosen.end)}
          </h2>
          <Reconciled bridge={bridge} call={call} />
          {await PeriodStates({ call, chosen: chosen.period })}
          {figures.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
          <Pack call={call} period={chosen.period} />
        </>
      ),
    };
  },
};

/** The files for the books: with a control store by a link, without one by the shell. */
function Pack({ call, period }: { call: PageCall; period: string }) {
  const command = <code>liftproof export roi --period {period}</code>;
  if (call.control === undefined || !call.session.scopes.includes('finance:read'))
    return <p>The pack of files, with their hashes: {command}</p>;
  const address = (file: string): string =>
    // a locked period has its own basis, which is the usual one unless somebody chose another
    `/v1/w/${call.workspace}/periods/${period}/pack?${call.shown.basis === 'order_date' ? '' : `basis=${call.shown.basis}&`}file=${file}`;
  return (
    <p>
      The pack of {period}: <a href={address('xlsx')}>XLSX</a>, <a href={address('csv')}>CSV</a>,{' '}
      <a href={address('parquet')}>Parquet</a> and the <a href={address('manifest')}>manifest</a> with their hashes; on
      the shell {command}
    </p>
  );
}

/** The newest period that holds orders; spend or books may run on beyond it. */
function newestOf<P extends { start: string }>(periods: readonly P[], lastOrder: string | null): P {
  const withOrders = periods.filter((one) => lastOrder !== null && String(one.start).slice(0, 10) <= lastOrder);
  return withOrders[withOrders.length - 1] ?? periods[periods.length - 1];
}

function NoFinance() {
  return (
    <div class="box">
      <p>
        The run has no table of finance: it was made before there was one, or holds no orders. Make it anew; costs, fees
        and the ledger make it whole:
      </p>
      <pre>
        <code>{'liftproof ingest costs.csv ledger.csv\nliftproof run'}</code>
      </pre>
    </div>
  );
}

function Periods({
  call,
  periods,
  chosen,
}: {
  call: PageCall;
  periods: readonly { period: string }[];
  chosen: string;
}) {
  return (
    <ul class="facts" aria-label="Periods">
      {periods.map(({ period }) => (
        <li>
          <a
            href={`/w/${call.workspace}/${ID}${searchOf({ ...call.asked, book: period })}`}
            aria-current={period === chosen ? 'true' : undefined}
          >
            {period === chosen ? <b>{period}</b> : period}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** The steps that change the sum; what follows the base only splits it. */
function changesOf(bridge: readonly BridgeStep[], side: BridgeStep['side']): BridgeStep[] {
  const own = bridge.filter((step) => step.side === side);
  const base = own.findIndex((step) => step.step === 'base');
  return base < 0 ? [] : own.slice(0, base + 1);
}

function Reconciled({ bridge, call }: { bridge: readonly BridgeStep[]; call: PageCall }) {
  if (bridge.length === 0)
    return (
      <p>
        <Mark state="off" /> No books were loaded, so nothing can be reconciled:{' '}
        <code>liftproof ingest ledger.csv</code> loads them.
      </p>
    );
  return (
    <ul class="checks">
      {(['revenue', 'spend'] as const).map((side) => {
        const unexplained = bridge.find((step) => step.side === side && step.step === 'unexplained');
        if (unexplained === undefined) return null;
        const isClosed = Number(unexplained.amount) === 0;
        return (
          <li>
            <Mark state={isClosed ? 'ok' : 'bad'} />
            <p class={isClosed ? undefined : 'error'}>
              <b>{side === 'revenue' ? 'Revenue' : 'Spend'}</b>{' '}
              {isClosed
                ? 'reconciles: every step is counted on its own, and nothing is left unexplained.'
                : `does not reconcile: ${money(unexplained.amount, call.currency)} is unexplained; the period cannot be locked. "liftproof check --ledger" prints the entries.`}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

function bridgeFigure(
  call: PageCall,
  bridge: readonly BridgeStep[],
  side: BridgeStep['side'],
  period: string,
): Figure | undefined {
  const steps = changesOf(bridge, side);
  if (steps.length === 0) return undefined;
  const { currency, results } = call;
  const first = steps[0];
  const last = steps[steps.length - 1];
  return {
    id: `bridge-${side}`,
    title: side === 'revenue' ? 'From the books to what was attributed' : 'From invoices to spend',
    summary: `${money(first.amount, currency)} in the books of ${period} become ${money(last.amount, currency)} that ${
      side === 'revenue' ? 'reports tell of, attributed or not' : 'are counted as spend'
    }.`,
    draw: steps.every((step) => Number(step.amount) === 0)
      ? undefined
      : (width) =>
          drawWaterfall(
            steps
              .filter((step) => ['ledger', 'base', 'unexplained'].includes(step.step) || Number(step.amount) !== 0)
              .map((step) => ({
                label: step.label,
                amount: Number(step.amount),
                text: width < 500 ? shortMoney(Number(step.amount), currency) : money(step.amount, currency),
                isTotal: step.step === 'ledger' || step.step === 'base',
              })),
            { width, format: (value) => shortMoney(value, currency) },
          ),
    keys: [
      { label: 'adds', series: 1, shape: 'square' },
      { label: 'takes away', series: 2, shape: 'square' },
      { label: 'total', series: 'muted', shape: 'square' },
    ],
    table: makeTable(
      [textColumn('label', 'Step'), moneyColumn('amount', 'Amount', results), countColumn('lines', 'Lines')],
      bridge.filter((step) => step.side === side).map((step) => ({ ...step })),
    ),
    how: 'finance',
    notes: ['Steps of 0.00 are in the table.'],
  };
}

/** What finance reads first; the CSV has all columns. */
const SHOWN = [
  'channel',
  'platform',
  'campaign_id',
  'revenue_net',
  'gross_profit',
  'spend_total',
  'contribution_after_spend',
  'roas',
  'nroas',
  'ncac',
  'poas',
  'iroas',
  'iroas_lo',
  'iroas_hi',
  'evidence_grade',
];

async function roiFigures(call: PageCall, period: string): Promise<Figure[]> {
  const { results, shown, currency } = call;
  const { table, lines } = await roiTable(results, { period, basis: shown.basis });
  const at = SHOWN.map((id) => table.columns.findIndex((column) => column.id === id)).filter((i) => i >= 0);
  const type = table.columns.findIndex((column) => column.id === 'customer_type');
  const narrow: Table = {
    ...table,
    columns: at.map((i) => table.columns[i]),
    rows: table.rows.filter((row) => row[type] === 'all').map((row) => at.map((i) => row[i])),
  };
  const total = totalLine(lines);
  const profit = total?.contribution_after_spend ?? null;
  const groups = new Map<string, number>();
  for (const line of lines)
    if (line.row_type !== 'total' && line.customer_type === 'all' && line.contribution_after_spend !== null)
      groups.set(
        line.channel ?? line.row_type!,
        (groups.get(line.channel ?? line.row_type!) ?? 0) + Number(line.contribution_after_spend),
      );
  const ranked = [...groups.entries()].filter(([, value]) => value !== 0).sort((a, b) => b[1] - a[1]);
  const named = ranked.filter(([channel]) => !channel.startsWith('('));
  return [
    {
      id: 'roi',
      title: `ROI table of ${period}`,
      summary:
        total === undefined
          ? 'The period has no total.'
          : `${money(total.revenue_net, currency)} net revenue, ${money(total.spend_total, currency)} spent; ${
              profit === null
                ? 'what was left cannot be said: costs of goods are missing'
                : `${money(profit, currency)} left after goods, fulfilment, fees and spend`
            }.`,
      table: narrow,
      wholeTable: table,
      how: 'finance',
      notes: [
        `${number(table.columns.length)} columns are in the CSV. Credit of channels is evidence E; incremental columns carry their own grade. ${nameOf(shown.basis).replace(/^r/, 'R')}.`,
      ],
    },
    customerFigure(call, table, lines),
    ...(ranked.length === 0
      ? []
      : [
          {
            id: 'contribution',
            title: 'Left after all costs and spend, by channel',
            summary:
              named.length < 2
                ? 'What is left after costs and spend, as the orders are credited.'
                : `${named[0][0]} leaves most, ${shortMoney(named[0][1], currency)}; ${named[named.length - 1][0]} least, ${shortMoney(named[named.length - 1][1], currency)}. By credit, not by effect.`,
            draw: (width: number) =>
              drawBars(
                ranked.map(([channel, value]) => ({
                  label: channel,
                  value,
                  text: shortMoney(value, currency),
                  isMuted: channel.startsWith('('),
                })),
                { width, format: (value) => shortMoney(value, currency) },
              ),
            table: makeTable(
              [textColumn('channel', 'Channel'), moneyColumn('value', 'Left after costs and spend', results)],
              ranked.map(([channel, value]) => ({ channel, value: value.toFixed(2) })),
            ),
            how: 'finance' as const,
          },
        ]),
  ];
}

/** Columns that are told apart by customer. */
const OF_CUSTOMERS = ['channel', 'campaign_id', 'customer_type', 'orders', 'revenue_net', 'gross_profit'];

function customerFigure({ currency }: PageCall, whole: Table, lines: readonly RoiLine[]): Figure {
  const { columns, rows } = whole;
  const indexOf = (id: string): number => columns.findIndex((column) => column.id === id);
  const at = OF_CUSTOMERS.map(indexOf);
  const [type, rowType] = [indexOf('customer_type'), indexOf('row_type')];
  const totals = lines.filter((line) => line.row_type === 'total' && line.customer_type !== 'all');
  const of = totals.map((line) => `${money(line.revenue_net, currency)} from ${nameOfType(line.customer_type)}`);
  const shown = rows.filter((row) => row[type] !== 'all' || row[rowType] === 'total');
  return {
    id: 'customers',
    title: 'New and returning customers',
    summary:
      totals.length === 0
        ? 'The period is not told apart by customer: one type is of too few persons, or none is known.'
        : `${of.join(', ').replace(/, ([^,]*)$/, ' and $1')}.`,
    table: {
      ...whole,
      columns: at.map((i) => columns[i]),
      rows: shown.map((row) => at.map((i) => row[i])),
      totalRows: shown.length,
    },
    how: 'finance',
    notes: [
      'Rows of one type add up to its total. Spend cannot be told apart by customer: what is made of it stands in the table above.',
    ],
  };
}

function nameOfType(type: string | null): string {
  return type === 'unknown' ? 'customers of unknown history' : `${type} customers`;
}
