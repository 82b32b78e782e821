import { describe, expect, it } from 'vitest';
import { FONT_SIZE, fitted } from '../../../../api/pages/charts/draw.ts';
import { drawBars, drawIntervalRows, spread } from '../../../../api/pages/charts/rows.ts';
import { drawSankey } from '../../../../api/pages/charts/sankey.ts';
import { drawStrip } from '../../../../api/pages/charts/strip.ts';
import { drawLines } from '../../../../api/pages/charts/time.ts';
import { drawWaterfall } from '../../../../api/pages/charts/waterfall.ts';

const plain = { width: 600, format: (value: number) => value.toFixed(0) };

describe('a drawing', () => {
  it('has no style of its own, no small text, and takes names for text', () => {
    const name = '<script>alert("x")</script>';
    const drawings = [
      drawBars([{ label: name, value: 3, text: name }], plain),
      drawIntervalRows([{ label: name, value: 3, lo: 1, hi: 5, text: name }], plain),
      drawWaterfall([{ label: name, amount: 2, text: name }], plain),
      drawLines(
        [
          {
            name,
            points: [
              { day: '2026-01-01', value: 1 },
              { day: '2026-01-02', value: 2 },
            ],
          },
        ],
        plain,
      ),
      drawStrip({ value: 1, lo: 0, hi: 3, level: 0.9, marks: [{ x: 0, label: name }], format: plain.format }, 600),
      drawSankey(
        {
          nodes: [
            { id: 'a', label: name, column: 0 },
            { id: 'o', label: 'Order', column: 1 },
          ],
          flows: [{ from: 'a', to: 'o', orders: 2 }],
          shownPaths: 1,
          otherOrders: 0,
        },
        plain,
      ),
    ];
    for (const svg of drawings) {
      expect(svg).toMatch(/^<svg /);
      expect(svg).toContain(`font-size="${FONT_SIZE}"`);
      expect(svg.match(/<script|<style|style=|aria-label/g)).toBeNull();
    }
  });

  it('puts the bars of a waterfall end to end', () => {
    const svg = drawWaterfall(
      [
        { label: 'books', amount: 100, text: '100', isTotal: true },
        { label: 'wholesale', amount: -30, text: '-30' },
        { label: 'late', amount: 10, text: '10' },
        { label: 'base', amount: 80, text: '80', isTotal: true },
      ],
      plain,
    );
    const bars = [...svg.matchAll(/<rect [^>]*>/g)].map(([rect]) => {
      const value = (name: string): number => Number(new RegExp(` ${name}="([^"]+)"`).exec(rect)![1]);
      return { from: value('x'), to: value('x') + value('width') };
    });
    const unit = (bars[0].to - bars[0].from) / 100;
    const at = (x: number): number => Math.round((x - bars[0].from) / unit);
    expect(bars.map(({ from, to }) => [at(from), at(to)])).toEqual([
      [0, 100],
      [70, 100],
      [70, 80],
      [0, 80],
    ]);
  });

  it('lets two rows have one name', () => {
    const row = { label: 'same', value: 1, lo: 0, hi: 2, text: 'x' };
    expect(drawIntervalRows([row, { ...row, value: 2 }], plain).match(/>same</g)).toHaveLength(2);
  });

  it('has a scale that is never empty', () => {
    expect(spread([0])[1]).toBeGreaterThan(0);
    expect(spread([5, 5])[0]).toBe(0);
    expect(spread([-5, -5])[0]).toBeLessThan(-5);
  });

  it('cuts a long label with an ellipsis', () => {
    expect(fitted('short', 400)).toBe('short');
    expect(fitted('a very long label indeed', 60)).toMatch(/^a very?…?/);
    expect(fitted('a very long label indeed', 60)).toMatch(/…$/);
  });
});
