import { makeTable, ratioColumn } from '../../pipeline/views/make-table.ts';
import { type MixDriverRow, type MixRun, readMixResponse } from '../../pipeline/views/read-mix.ts';
import { drawCurve } from './charts/curve.ts';
import { nameOf, number, percent, shortMoney } from './format.ts';
import { mixFormat, outcomeColumn } from './mix-figures.tsx';
import type { Figure, PageCall } from './page.ts';

/** Curves drawn; the table of each has its points. */
const MOST_CURVES = 8;

export async function responseFigures(
  call: PageCall,
  run: MixRun,
  drivers: readonly MixDriverRow[],
): Promise<Figure[]> {
  const points = await readMixResponse(call.results);
  const format = mixFormat(run);
  return drivers.slice(0, MOST_CURVES).flatMap((driver, i) => {
    const own = points.filter((point) => point.driver === driver.driver);
    if (own.length < 2) return [];
    const isPaid = own.some((point) => (point.spend ?? 0) > 0);
    const curve = own.map((point) => ({ ...point, x: isPaid ? (point.spend ?? 0) : point.factor }));
    const now = own.findIndex((point) => point.factor === 1);
    const extrapolated = own.find((point) => point.isExtrapolated);
    const formatX = isPaid
      ? (value: number) => shortMoney(value, call.currency)
      : (value: number) => `${number(value, 1)}×`;
    return [
      {
        id: `response-${i + 1}`,
        title: `${nameOf(driver.driver)}: more or less of it`,
        summary: `${
          now < 0
            ? 'The curve'
            : `At the present ${isPaid ? formatX(curve[now].x) : 'amount'} it added ${format(curve[now].value)} (${format(curve[now].lo)} to ${format(curve[now].hi)})`
        }${extrapolated === undefined ? '.' : `; from ${formatX(isPaid ? (extrapolated.spend ?? 0) : extrapolated.factor)} on nothing like it was ever seen.`}`,
        draw: (width: number) =>
          drawCurve(curve, { width, formatX, formatY: format, now: now < 0 ? undefined : curve[now].x }),
        keys: [
          { label: 'what the model says it adds', series: 1, shape: 'line' },
          { label: `its ${percent(run.level)} interval`, series: 1, shape: 'band' },
          ...(extrapolated === undefined
            ? []
            : [
                {
                  label: 'beyond what was seen: the shape of the model, not of the data',
                  series: 1,
                  shape: 'dashed',
                } as const,
              ]),
        ] as const,
        table: makeTable(
          [
            ratioColumn('factor', 'Times its history', 2),
            ratioColumn('spend', 'Spend', 2),
            outcomeColumn(run, 'value', 'Adds'),
            outcomeColumn(run, 'lo', 'low'),
            outcomeColumn(run, 'hi', 'high'),
            { id: 'isExtrapolated', label: 'Never seen', type: 'boolean' as const },
          ],
          own.map((point) => ({ ...point })),
        ),
        how: 'mix' as const,
      },
    ];
  });
}
