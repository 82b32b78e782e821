import { makeTable, textColumn } from '../../pipeline/views/make-table.ts';
import { readStudies } from '../../pipeline/views/read-studies.ts';
import { drawIntervalRows } from './charts/rows.ts';
import { shortMoney } from './format.ts';
import type { Figure, PageCall } from './page.ts';

/** What 1 000 engagements sold (`eng_value`), by posting schedules that were drawn by lot; undefined where none was measured, as nothing else can tell. */
export async function engagementWorthFigure(call: PageCall): Promise<Figure | undefined> {
  const { currency } = call;
  const asked = (await readStudies(call.results)).filter(
    (study) => study.claim === 'engagement_sales' && study.design === 'switchback' && study.unit === currency,
  );
  const per1000 = (value: number | null): number | null => (value === null ? null : 1000 * value);
  const rows = asked.flatMap((study) =>
    study.value === null
      ? []
      : [
          {
            id: study.study,
            grade: study.grade,
            value: 1000 * study.value,
            lo: per1000(study.lo),
            hi: per1000(study.hi),
          },
        ],
  );
  const short = (value: number): string => shortMoney(value, currency);
  const range = ({ lo, hi }: { lo: number | null; hi: number | null }): string =>
    lo === null || hi === null ? 'no interval' : `${short(lo)} to ${short(hi)}`;
  if (rows.length === 0) return undefined;
  const [first] = rows;
  return {
    id: 'engagement-worth',
    title: 'What 1 000 engagements sold',
    summary: `By ${first.id} (evidence ${first.grade}) 1 000 engagements sold ${short(first.value)} more (${range(first)}).`,
    draw: (width) =>
      drawIntervalRows(
        rows.map((row) => ({
          label: `${row.grade} ${row.id}`,
          value: row.value,
          lo: row.lo,
          hi: row.hi,
          text: `${short(row.value)} (${range(row)})`,
          isWeak: row.grade === 'X',
        })),
        { width, marks: [{ x: 0, label: 'nothing' }], format: short },
      ),
    table: makeTable(
      [
        textColumn('id', 'Study'),
        textColumn('grade', 'Evidence'),
        { id: 'value', label: 'Extra revenue per 1 000 engagements', type: 'decimal', scale: 2, unit: currency },
        { id: 'lo', label: 'low', type: 'decimal', scale: 2, unit: currency },
        { id: 'hi', label: 'high', type: 'decimal', scale: 2, unit: currency },
      ],
      rows,
    ),
    how: 'studies',
    notes: [
      'Of the engagement that the schedule moved. Likes of people who were going to buy anyway sell nothing more.',
    ],
  };
}
