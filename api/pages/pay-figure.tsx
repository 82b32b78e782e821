import { makeTable, textColumn } from '../../pipeline/views/make-table.ts';
import type { Study } from '../../pipeline/views/read-studies.ts';
import { drawIntervalRows } from './charts/rows.ts';
import { inPageWords, number } from './format.ts';
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
