import { describe, expect, it } from 'vitest';
import {
  assistedAndClosing,
  type PathRow,
  pathFlow,
  pathLengths,
  withoutEarlier,
} from '../../../pipeline/views/read-journeys.ts';

const path = (text: string, conversions: number, more: Partial<PathRow> = {}): PathRow => ({
  path: text,
  steps: text.split(' > '),
  kind: 'path',
  length: text.split(' > ').length,
  paths: 1,
  conversions,
  nonConversions: 0,
  revenue: '0',
  meanDays: 1,
  ...more,
});
const small: PathRow = path('(suppressed)', 7, { kind: 'suppressed', steps: [], length: null, paths: 9, meanDays: 4 });
const none: PathRow = path('(no touch)', 50, { kind: 'no touch', steps: [], length: 0 });

const ROWS = [path('A', 10), path('B > A', 5), path('A > A > B > A', 2), path('C', 1), path('D', 0), small, none];

describe('paths as flows', () => {
  it('run from step to step, the last steps before the order, and all other paths as one', () => {
    const { flows, nodes, shownPaths, otherOrders } = pathFlow(ROWS, 3, 2);
    const label = (id: string): string => {
      const node = nodes.find((one) => one.id === id)!;
      return `${node.label}@${node.column}`;
    };
    expect(flows.map(({ from, to, orders }) => [label(from), label(to), orders])).toEqual([
      ['A@2', 'Order@3', 17],
      ['B@1', 'A@2', 7],
      ['earlier steps@0', 'B@1', 2],
      // the path that is not drawn, and those of few persons
      ['other paths@2', 'Order@3', 8],
    ]);
    expect([shownPaths, otherOrders]).toEqual([3, 8]);
  });

  it('leave out what stood earlier where there is no room, and no order with it', () => {
    const { nodes, flows } = withoutEarlier(pathFlow(ROWS, 3, 2));
    expect(nodes.map((node) => node.label)).not.toContain('earlier steps');
    expect(flows.filter((flow) => flow.to === '3 Order').reduce((sum, flow) => sum + flow.orders, 0)).toBe(25);
  });

  it('bring every followed order to the end', () => {
    const { flows } = pathFlow(ROWS, 30, 3);
    const arriving = flows.filter((flow) => flow.to.endsWith('Order')).reduce((sum, flow) => sum + flow.orders, 0);
    expect(arriving).toBe(10 + 5 + 2 + 1 + 7);
  });
});

describe('channels in paths', () => {
  it('close when they are last and assist when they only stand before, once an order', () => {
    expect(assistedAndClosing(ROWS)).toEqual([
      { channel: 'A', closing: 17, assisting: 0 },
      { channel: 'B', closing: 0, assisting: 7 },
      { channel: 'C', closing: 1, assisting: 0 },
    ]);
  });
});

describe('lengths of paths', () => {
  it('count orders by steps, and rare paths apart', () => {
    expect(pathLengths(ROWS)).toEqual([
      { steps: '1 step', orders: 11, meanDays: 1 },
      { steps: '2 steps', orders: 5, meanDays: 1 },
      { steps: '4 steps', orders: 2, meanDays: 1 },
      { steps: 'rare paths, not told apart', orders: 7, meanDays: 4 },
    ]);
  });
});
