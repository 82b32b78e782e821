import { makeTable, moneyColumn, ratioColumn, textColumn } from '../../pipeline/views/make-table.ts';
import { readBudget, readMixDrivers, readMixFindings, readMixRun } from '../../pipeline/views/read-mix.ts';
import { drawPairs } from './charts/dots.ts';
import { drawIntervalRows } from './charts/rows.ts';
import { FigureView } from './figure.tsx';
import { nameOf, number, percent, shortMoney } from './format.ts';
import { NoMix } from './mix.tsx';
import { mixFormat } from './mix-figures.tsx';
import type { Figure, Page } from './page.ts';

const ID = 'budget';

const BOUND_WORDS: Readonly<Record<string, string>> = {
  observed_range: 'held by what was ever seen',
  lower: 'held by its lower limit',
  upper: 'held by its upper limit',
  locked: 'fixed beforehand',
};

export const budgetPage: Page = {
  id: ID,
  title: 'Budget',
  about: 'Where the next money would earn most, by the mix model, and how likely that is better than now.',
  filters: [],
  async make(call) {
    const { results, currency } = call;
    const run = await readMixRun(results);
    if (run === undefined || run.status !== 'ok')
      return {
        figures: [],
        body: <NoMix run={run} findings={run === undefined ? [] : await readMixFindings(results)} />,
      };
    const { rows, total } = await readBudget(results);
    if (total === undefined || total.message !== null || total.gain === null)
      return {
        figures: [],
        body: (
          <div class="box is-warn">
            <p>
              <b>There is no plan.</b>{' '}
              {total?.message ??
                'The model has no paid channel whose spend could be moved; load the spend of at least two.'}
            </p>
          </div>
        ),
      };
    const format = mixFormat(run);
    const moved = [...rows].sort((a, b) => Math.abs(b.proposed - b.now) - Math.abs(a.proposed - a.now))[0];
    const figures: Figure[] = [
      {
        id: 'plan',
        title: 'Spend now and as proposed',
        summary:
          moved === undefined
            ? 'No channel has a budget.'
            : `The largest change is ${nameOf(moved.channel)}: from ${shortMoney(moved.now, currency)} to ${shortMoney(moved.proposed, currency)} over ${number(total.weeks)} weeks.`,
        draw: (width) =>
          drawPairs(
            rows.map((row) => ({
              label: nameOf(row.channel),
              first: row.now,
              second: row.proposed,
              text: `${shortMoney(row.now, currency)} → ${shortMoney(row.proposed, currency)}`,
            })),
            { width, format: (value) => shortMoney(value, currency) },
          ),
        keys: [
          { label: 'now', series: 1, shape: 'circle' },
          { label: 'proposed', series: 2, shape: 'triangle' },
        ],
        table: makeTable(
          [
            textColumn('channel', 'Channel'),
            moneyColumn('now', 'Now', results),
            moneyColumn('proposed', 'Proposed', results),
            moneyColumn('atLeast', 'at least', results),
            moneyColumn('atMost', 'at most', results),
            textColumn('held', 'Held by'),
            { id: 'outcome', label: 'Would bring', type: 'decimal', scale: 2, unit: run.unit },
            { id: 'outcomeLo', label: 'low', type: 'decimal', scale: 2, unit: run.unit },
            { id: 'outcomeHi', label: 'high', type: 'decimal', scale: 2, unit: run.unit },
            ratioColumn('mroi', 'Next unit earns'),
          ],
          rows.map((row) => ({
            ...row,
            now: row.now.toFixed(2),
            proposed: row.proposed.toFixed(2),
            held: row.bound === null ? 'free' : (BOUND_WORDS[row.bound] ?? row.bound),
          })),
        ),
        how: 'mix',
        notes: [
          'Organic and negative drivers compete for no money. Nothing is proposed far beyond what was ever spent.',
        ],
      },
      {
        id: 'gain',
        title: 'What the plan would gain',
        summary: `The plan is better than now with ${percent(total.pBetter ?? 0)} probability; it gains ${format(total.gain)}, in the worst ${percent((1 - total.level) / 2)} of cases ${format(total.gainLo ?? 0)} or less.`,
        draw: (width) =>
          drawIntervalRows(
            [
              {
                label: 'more than now',
                value: total.gain!,
                lo: total.gainLo,
                hi: total.gainHi,
                text: `${format(total.gain!)} (${format(total.gainLo ?? 0)} to ${format(total.gainHi ?? 0)})`,
              },
              ...(total.profitGain === null
                ? []
                : [
                    {
                      label: 'after its cost',
                      value: total.profitGain,
                      lo: total.profitGainLo,
                      hi: total.profitGainHi,
                      text: `${shortMoney(total.profitGain, currency)} (${shortMoney(total.profitGainLo ?? 0, currency)} to ${shortMoney(total.profitGainHi ?? 0, currency)})`,
                    },
                  ]),
            ],
            { width, marks: [{ x: 0, label: 'as now' }], format },
          ),
        table: makeTable(
          [
            textColumn('what', 'What'),
            { id: 'value', label: 'Gain', type: 'decimal', scale: 2, unit: run.unit },
            { id: 'lo', label: 'low', type: 'decimal', scale: 2, unit: run.unit },
            { id: 'hi', label: 'high', type: 'decimal', scale: 2, unit: run.unit },
          ],
          [
            { what: 'more than now', value: total.gain, lo: total.gainLo, hi: total.gainHi },
            ...(total.profitGain === null
              ? []
              : [
                  {
                    what: 'after its cost',
                    value: total.profitGain,
                    lo: total.profitGainLo,
                    hi: total.profitGainHi,
                  },
                ]),
          ],
        ),
        how: 'mix',
        notes: [`A ${percent(total.level)} credible interval of the model; what the model does not see is not in it.`],
      },
    ];
    const drivers = await readMixDrivers(results);
    const isAssumed = rows.every((row) => drivers.find((one) => one.driver === row.channel)?.informedBy === 'prior');
    return {
      figures,
      body: (
        <>
          {isAssumed ? (
            <p class="error">
              The data say too little about any of these channels: the plan repeats what was assumed. Do not move money
              by it.
            </p>
          ) : null}
          <p>
            The plan rests on the mix model alone: evidence E, or D for drivers that a study calibrated. Try it in a
            test before the money is moved.
          </p>
          {figures.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
          <p>
            Another sum or a target: <code>liftproof report budget --help</code>
          </p>
        </>
      ),
    };
  },
};
