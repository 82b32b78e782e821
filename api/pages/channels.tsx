import { creditColumn, makeTable, moneyColumn, ratioColumn, textColumn } from '../../pipeline/views/make-table.ts';
import {
  type ModelCredit,
  readModelAgreement,
  readModelCredit,
  readModelFacts,
} from '../../pipeline/views/read-models.ts';
import { type CreditChoice, readBreakdown } from '../../pipeline/views/read-overview.ts';
import { readStudies } from '../../pipeline/views/read-studies.ts';
import { drawSpread } from './charts/dots.ts';
import { drawBars, drawIntervalRows } from './charts/rows.ts';
import { FigureView } from './figure.tsx';
import { listed, nameOf, number, percent, shortMoney, withModelNames } from './format.ts';
import { NoOrders } from './overview.tsx';
import type { Figure, Page, PageCall } from './page.ts';

const ID = 'channels';
const APART = ['(unattributed)', '(none)', '(suppressed)'];

export const channelsPage: Page = {
  id: ID,
  title: 'Channels and campaigns',
  about: 'Who was there before the sale, what it cost, and whether the models agree.',
  filters: ['period', 'model', 'basis'],
  async make(call) {
    if (call.shown.from === '') return { figures: [], body: <NoOrders /> };
    const credit = await readModelCredit(call.results);
    const figures = [
      await breakdownFigure(call, 'channel'),
      await intervalFigure(call, credit),
      await spreadFigure(call, credit),
      await breakdownFigure(call, 'campaign'),
      await studiesFigure(call),
    ].filter((figure) => figure !== undefined);
    return {
      figures,
      body: (
        <>
          <p>
            Credit is not proof (evidence E): it says who was there before the sale, not what would have happened
            without it. What a channel added is measured by a study: see <a href={call.link('studies')}>Studies</a>.
          </p>
          {figures.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
        </>
      ),
    };
  },
};

async function breakdownFigure(call: PageCall, by: 'channel' | 'campaign'): Promise<Figure> {
  const { results, shown, currency } = call;
  const table = await readBreakdown(results, shown as CreditChoice, by);
  const at = (id: string): number => table.columns.findIndex((column) => column.id === id);
  const rows = table.rows.map((row) => ({
    label: row[0]!,
    revenue: Number(row[at('revenue_net')] ?? 0),
    spend: Number(row[at('spend')] ?? 0),
    roas: row[at('roas')],
  }));
  const named = rows.filter((row) => !APART.includes(row.label));
  const best = named[0];
  const whole = Number(table.totals?.[at('revenue_net')] ?? 0);
  const summary =
    best === undefined || whole <= 0
      ? `No ${by} is credited with a sale in this period.`
      : `${best.label} is credited with most, ${shortMoney(best.revenue, currency)} or ${percent(best.revenue / whole)} of net revenue${
          best.spend > 0 && best.roas !== null
            ? `, for ${shortMoney(best.spend, currency)} of spend (${number(best.roas, 2)} for each 1 spent)`
            : ', without media spend'
        }.`;
  return {
    id: by === 'channel' ? 'by-channel' : 'by-campaign',
    title: by === 'channel' ? 'Channels' : 'Campaigns',
    summary,
    draw: (width) =>
      drawBars(
        rows.slice(0, 25).map((row) => ({
          label: by === 'campaign' && row.label === '(none)' ? 'no campaign' : row.label,
          value: row.revenue,
          text: shortMoney(row.revenue, currency),
          isMuted: APART.includes(row.label),
        })),
        { width, format: (value) => shortMoney(value, currency) },
      ),
    table,
    how: 'credit',
    notes: [
      `Credited net revenue under ${nameOf(shown.model)}; spend, ratios, new and returning customers are in the table. Spend without credit stays in it, too.`,
    ],
  };
}

/** Intervals belong to the whole run: they come from drawing its persons again. */
async function intervalFigure(call: PageCall, credit: readonly ModelCredit[]): Promise<Figure | undefined> {
  const { results, shown, currency } = call;
  const facts = await readModelFacts(results);
  const rows = credit
    .filter((row) => row.model === shown.model && row.channel !== '(unattributed)')
    .sort((a, b) => b.revenue - a.revenue);
  if (facts === undefined || rows.length === 0) return undefined;
  const level = percent(facts.level);
  const best = rows[0];
  const range = (row: ModelCredit): string =>
    row.revenueLo === null || row.revenueHi === null
      ? 'no interval'
      : `${shortMoney(row.revenueLo, currency)} to ${shortMoney(row.revenueHi, currency)}`;
  return {
    id: 'intervals',
    title: 'How sure is the credit?',
    summary: `${nameOf(shown.model)} credits ${best.channel} with ${shortMoney(best.revenue, currency)} over the whole run; had other people of the same kind come, it would have been ${range(best)} (${level} interval).`,
    draw: (width) =>
      drawIntervalRows(
        rows.map((row) => ({
          label: row.channel,
          value: row.revenue,
          lo: row.revenueLo,
          hi: row.revenueHi,
          text: `${shortMoney(row.revenue, currency)} (${range(row)})`,
          isWeak: row.isFew,
        })),
        { width, marks: [{ x: 0, label: '0' }], format: (value) => shortMoney(value, currency) },
      ),
    keys: [
      { label: `credited net revenue with its ${level} interval`, series: 1, shape: 'circle' },
      ...(rows.some((row) => row.isFew)
        ? [{ label: 'too few orders to trust the interval', series: 'muted', shape: 'diamond' } as const]
        : []),
    ],
    table: makeTable(
      [
        textColumn('channel', 'Channel'),
        moneyColumn('revenue', 'Revenue, net', results),
        moneyColumn('revenueLo', 'low', results),
        moneyColumn('revenueHi', 'high', results),
        ratioColumn('roas', 'ROAS'),
        ratioColumn('roasLo', 'low'),
        ratioColumn('roasHi', 'high'),
        { id: 'isFew', label: 'Few orders', type: 'boolean' },
      ],
      rows.map((row) => ({ ...row })),
    ),
    how: 'intervals',
    notes: [
      'Whole run, whatever the chosen period. The interval holds the luck of who came, not what no model can see: sales that would have come anyway.',
    ],
  };
}

async function spreadFigure(call: PageCall, credit: readonly ModelCredit[]): Promise<Figure | undefined> {
  const { results, shown, currency } = call;
  const channels = [...new Set(credit.map((row) => row.channel))].filter((channel) => channel !== '(unattributed)');
  const models = [...new Set(credit.map((row) => row.model))];
  if (channels.length === 0 || models.length < 2) return undefined;
  const agreement = await readModelAgreement(results);
  const apart = agreement.filter((row) => row.words !== null);
  return {
    id: 'models',
    title: 'Do the models agree?',
    summary:
      apart.length === 0
        ? `All ${models.length} models give each channel about the same: no channel's credit differs by more than twice.`
        : `For ${listed(apart.map((row) => row.channel))} the choice of model decides: the highest gives more than twice the lowest.`,
    draw: (width) =>
      drawSpread(
        channels.map((channel) => ({
          label: channel,
          points: credit
            .filter((row) => row.channel === channel)
            .map((row) => ({ value: row.revenue, name: nameOf(row.model), isChosen: row.model === shown.model })),
        })),
        { width, format: (value) => shortMoney(value, currency) },
      ),
    keys: [
      { label: nameOf(shown.model), series: 1, shape: 'diamond' },
      {
        label: `each of the other ${models.length - 1} models; the name is the highest`,
        series: 'muted',
        shape: 'circle',
      },
    ],
    table: makeTable(
      [
        textColumn('channel', 'Channel'),
        textColumn('model', 'Model'),
        creditColumn('conversions', 'Orders'),
        moneyColumn('revenue', 'Revenue, net', results),
        moneyColumn('revenueLo', 'low', results),
        moneyColumn('revenueHi', 'high', results),
      ],
      credit.map((row) => ({ ...row })),
    ),
    how: 'intervals',
    notes: [
      'Whole run. Models that agree may still all be wrong in the same way: none sees the sales that would have come anyway.',
      ...apart.map((row) => `${row.channel}: ${withModelNames(row.words ?? '')}`),
    ],
  };
}

/** What a study found that money brought, beside what platforms claim for it. */
async function studiesFigure(call: PageCall): Promise<Figure | undefined> {
  const rows = (await readStudies(call.results)).filter((study) => study.iroas !== null);
  if (rows.length === 0) return undefined;
  const two = (value: number): string => number(value, 2);
  const best = rows.find((study) => study.isRegistered && (study.grade === 'A' || study.grade === 'B'));
  return {
    id: 'incremental',
    title: 'What money really brought, where a study asked',
    summary:
      best === undefined
        ? 'No study of grade A or B says what the money of a channel brought; the readings below are weaker.'
        : `Each 1 spent on ${best.driver ?? best.study} brought ${two(best.iroas!)} of extra revenue${
            best.iroasLo === null || best.iroasHi === null ? '' : ` (${two(best.iroasLo)} to ${two(best.iroasHi)})`
          }${
            best.incrementalityFactor === null
              ? ''
              : `; of each 1 that the platforms claim, ${two(best.incrementalityFactor)} was extra`
          }.`,
    draw: (width) =>
      drawIntervalRows(
        rows.map((study) => ({
          label: `${study.grade} ${study.driver ?? study.study}`,
          value: study.iroas!,
          lo: study.iroasLo,
          hi: study.iroasHi,
          text:
            study.iroasLo === null || study.iroasHi === null
              ? `${two(study.iroas!)}, no interval`
              : `${two(study.iroas!)} (${two(study.iroasLo)} to ${two(study.iroasHi)})`,
          isWeak: !study.isRegistered,
        })),
        { width, marks: [{ x: 0, label: '0' }], format: (value) => number(value, 1) },
      ),
    keys: [
      { label: 'registered before it was looked at', series: 1, shape: 'circle' },
      { label: 'not registered', series: 'muted', shape: 'diamond' },
    ],
    table: makeTable(
      [
        textColumn('id', 'Study'),
        textColumn('driver', 'Of what'),
        textColumn('grade', 'Evidence'),
        ratioColumn('iroas', 'iROAS'),
        ratioColumn('iroasLo', 'low'),
        ratioColumn('iroasHi', 'high'),
        ratioColumn('incrementalityFactor', 'Incrementality factor'),
        ratioColumn('incrementalityFactorLo', 'low'),
        ratioColumn('incrementalityFactorHi', 'high'),
      ],
      rows.map((study) => ({ ...study })),
    ),
    how: 'studies',
    notes: ['Incremental revenue for each 1 of spend in the window of the study; the letter is the grade of evidence.'],
  };
}
