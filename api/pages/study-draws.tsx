import { sizeWithPower } from '../../models/lift/power-curve.ts';
import { countColumn, makeTable, shareColumn, textColumn } from '../../pipeline/views/make-table.ts';
import type { Study, StudyDraw, StudyPower } from '../../pipeline/views/read-studies.ts';
import { drawCurve } from './charts/curve.ts';
import { drawHistogram } from './charts/histogram.ts';
import { number, percent } from './format.ts';
import type { Figure } from './page.ts';
import { formatOf, methodName } from './study-figures.tsx';

/** The effect against what the same test showed where nothing was done; a study without such draws says so. */
export function placeboFigure(study: Study, draws: readonly StudyDraw[]): Figure {
  const format = formatOf(study);
  const known = draws.flatMap(({ effect }) => (effect === null ? [] : [effect]));
  const isDrawn = study.design === 'geo_experiment' || study.design === 'switchback';
  const { value } = study;
  const least = Math.abs(value ?? 0);
  // published values have six decimals: what ties in the test must tie here
  const beyond = draws.filter(({ effect }) => effect === null || Math.abs(effect) >= least - 2e-6).length;
  const p = study.pValue === null ? '' : `; p is ${number(study.pValue, 3)}`;
  const what = isDrawn ? 'other draws that could have been' : 'readings of places where nothing was done';
  return {
    id: 'placebos',
    title: isDrawn ? 'The effect among other draws' : 'The effect among placebos',
    summary:
      value === null || known.length === 0
        ? 'The method of this study draws no placebos, so there is nothing to show here.'
        : `Of ${number(draws.length)} ${what}, ${number(beyond)} ${beyond === 1 ? 'lies' : 'lie'} as far from zero as ${format(value)}${p}.`,
    draw: (width) =>
      drawHistogram(known, {
        width,
        format,
        marks: [
          { x: value ?? 0, label: `this study ${format(value ?? 0)}` },
          { x: 0, label: 'no effect' },
        ],
      }),
    table: makeTable(
      [
        countColumn('drawNo', 'Draw'),
        textColumn('method', 'Method'),
        { id: 'effect', label: 'Effect', type: 'decimal', scale: 2, unit: study.unit },
      ],
      draws.map(({ drawNo, effect }) => ({ drawNo, effect, method: methodName(study.method ?? '') })),
    ),
    how: 'studies',
    ...(known.length === 0 ? {} : { notes: placeboNotes(isDrawn, draws.length - known.length) }),
  };
}

function placeboNotes(isDrawn: boolean, perfect: number): string[] {
  return [
    isDrawn
      ? 'Grey: the same data read as if other places or blocks had been drawn.'
      : 'Grey: untreated places in the place of the treated ones, scaled to the misfit that the treated have before the start where the method does so. The test compares them one by one, so its p can differ a little from the count.',
    ...(perfect === 0
      ? []
      : [`${perfect} fitted perfectly before the start; they count as extreme and are not drawn.`]),
  ];
}

const BASIS: Readonly<Record<string, string>> = {
  placebo: 'From the placebos above.',
  randomisation: 'From the draws above.',
  standard_error: 'From the standard error of the estimate, taken as normal.',
};

/** How likely the test would have found a true effect of each size; a study without such a curve says so. */
export function powerFigure(study: Study, points: readonly StudyPower[]): Figure {
  const format = formatOf(study);
  const found = sizeWithPower(points, 0.8);
  return {
    id: 'power',
    title: 'What it could have seen',
    summary:
      points.length === 0
        ? 'The test of this study has no p-value or no standard error, so its power cannot be told.'
        : found === null
          ? `Even an effect of ${format(points[points.length - 1].effect)} would have been found less than 80 times in 100.`
          : `A true effect of ${format(found)} would have been found 80 times in 100${
              study.value === null
                ? ''
                : `; one as large as the estimate, ${percent(powerAt(points, Math.abs(study.value)))}`
            }.`,
    draw: (width) =>
      drawCurve(
        points.map(({ effect, power }) => ({ x: effect, value: power, lo: power, hi: power, isExtrapolated: false })),
        { width, formatX: format, formatY: (value) => percent(value) },
      ),
    table: makeTable(
      [
        { id: 'effect', label: 'True effect', type: 'decimal', scale: 2, unit: study.unit },
        shareColumn('power', 'Chance to find it'),
        textColumn('method', 'From'),
      ],
      points.map((point) => ({ ...point })),
    ),
    how: 'power',
    ...(points.length === 0
      ? {}
      : {
          notes: [
            `Up or down, at the level of the study. ${BASIS[points[0].method] ?? ''} The smallest detectable effect above may come from earlier windows and differ.`,
          ],
        }),
  };
}

function powerAt(points: readonly StudyPower[], effect: number): number {
  const at = points.findIndex((point) => point.effect >= effect);
  if (at <= 0) return at < 0 ? points[points.length - 1].power : points[0].power;
  const [a, b] = [points[at - 1], points[at]];
  return a.power + ((b.power - a.power) * (effect - a.effect)) / (b.effect - a.effect);
}
