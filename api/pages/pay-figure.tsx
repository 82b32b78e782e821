import { makeTable, textColumn } from '../../pipeline/views/make-table.ts';
import type { Study } from '../../pipeline/views/read-studies.ts';
import { drawIntervalRows } from './charts/rows.ts';
import { inPageWords, number, percent } from './format.ts';
import type { Figure } from './page.ts';
import { formatOf } from './study-figures.tsx';

/** Whether it paid is a question of its own. */
export function payFigure(study: Study): Figure | undefined {
  const { spend, iroas, iroasLo, iroasHi, breakEven, value, lo, hi } = study;
  if (study.paysSentence === null && iroas === null) return undefined;
  const format = formatOf(study);
  const rows = [
    ['Extra revenue', value, lo, hi],
    ['Spend on it', spend, null, null],
    ['Revenue from which it pays', breakEven, null, null],
    ['Extra revenue for each 1 of spend (iROAS)', iroas, iroasLo, iroasHi],
    [
      'Share of the platforms’ claim that was extra',
      study.incrementalityFactor,
      study.incrementalityFactorLo,
      study.incrementalityFactorHi,
    ],
  ] as const;
  return {
    id: 'pays',
    title: 'Does it pay?',
    summary:
      (study.paysSentence === null ? null : inPageWords(study.paysSentence, study.unit)) ??
      `Each 1 of spend brought ${number(iroas, 2)} of extra revenue; from which return it pays is not known: costs are missing.`,
    draw:
      iroas === null || iroasLo === null || iroasHi === null
        ? undefined
        : (width) =>
            drawIntervalRows(
              [
                {
                  label: 'Return on spend',
                  value: iroas,
                  lo: iroasLo,
                  hi: iroasHi,
                  text: `${number(iroas, 2)} (${number(iroasLo, 2)} to ${number(iroasHi, 2)})`,
                },
              ],
              {
                width,
                marks: [
                  { x: 0, label: '0' },
                  ...(breakEven === null || spend === null || spend === 0
                    ? []
                    : [{ x: breakEven / spend, label: `pays from ${number(breakEven / spend, 2)}` }]),
                ],
                format: (one) => number(one, 1),
              },
            ),
    table: makeTable(
      [
        textColumn('what', 'What'),
        { id: 'value', label: 'Estimate', type: 'decimal', scale: 2, unit: 'ratio' },
        { id: 'lo', label: 'low', type: 'decimal', scale: 2, unit: 'ratio' },
        { id: 'hi', label: 'high', type: 'decimal', scale: 2, unit: 'ratio' },
      ],
      rows.filter(([, one]) => one !== null).map(([what, one, low, high]) => ({ what, value: one, lo: low, hi: high })),
    ),
    how: 'studies',
    notes: [
      `Whether it sold and whether it paid are two questions.${spend === null ? ' What it cost is not known.' : ` It cost ${format(spend)}.`}`,
    ],
  };
}

/** What the study left over after what was sold had cost and after its spend; undefined where no contribution margin is known. */
export function leftOverFigure(study: Study): Figure | undefined {
  const { spend, breakEven, value, lo, hi, level } = study;
  if (spend === null || breakEven === null || value === null || lo === null || hi === null) return undefined;
  if (!(spend > 0 && breakEven > 0) || study.unit === 'count') return undefined;
  const format = formatOf(study);
  // break-even is the revenue whose margin pays the spend
  const margin = spend / breakEven;
  const left = (revenue: number): number => revenue * margin - spend;
  const rows = [
    { what: 'Extra revenue', value, lo, hi },
    { what: 'Its margin, before the spend', value: value * margin, lo: lo * margin, hi: hi * margin },
    { what: 'Left after the spend', value: left(value), lo: left(lo), hi: left(hi) },
  ];
  const words =
    left(lo) > 0
      ? 'even the low end of the interval earns money'
      : left(hi) < 0
        ? 'even the high end of the interval loses money'
        : 'the interval holds a loss and a gain';
  return {
    id: 'left-over',
    title: 'What it left over',
    summary: `Of ${format(value)} extra revenue ${format(left(value))} ${left(value) < 0 ? 'was lost' : 'was left'} after costs and ${format(spend)} of spend (${percent(level ?? 0.9)}: ${format(left(lo))} to ${format(left(hi))}); ${words}.`,
    draw: (width) =>
      drawIntervalRows(
        rows.map((row) => ({
          label: row.what,
          value: row.value,
          lo: row.lo,
          hi: row.hi,
          text: `${format(row.value)} (${format(row.lo)} to ${format(row.hi)})`,
        })),
        { width, marks: [{ x: 0, label: 'neither gain nor loss' }], format },
      ),
    table: makeTable(
      [
        textColumn('what', 'What'),
        { id: 'value', label: 'Estimate', type: 'decimal', scale: 2, unit: study.unit },
        { id: 'lo', label: 'low', type: 'decimal', scale: 2, unit: study.unit },
        { id: 'hi', label: 'high', type: 'decimal', scale: 2, unit: study.unit },
      ],
      rows,
    ),
    how: 'studies',
    notes: [
      `By the contribution margin that the study was registered with, ${percent(margin)}. Sales after the window, and what new customers buy later, are not in it.`,
    ],
  };
}
