import type { Results } from '../results.ts';

/** A published path of channels with its orders. */
export interface PathRow {
  path: string;
  /** channels in order; empty for rows that are not a path */
  steps: readonly string[];
  kind: 'path' | 'suppressed' | 'no touch' | 'only direct or unknown';
  length: number | null;
  paths: number;
  conversions: number;
  nonConversions: number;
  revenue: string;
  meanDays: number | null;
}

export async function readPaths(results: Results): Promise<PathRow[]> {
  const rows = await results.rows<Record<string, string | number | boolean | null>>(
    `select path, path_length, is_suppressed, paths, conversions, non_conversions, revenue_gross, mean_days
     from path order by conversions desc, non_conversions desc, path`,
  );
  return rows.map((row) => {
    const path = String(row.path);
    const kind =
      path === '(suppressed)'
        ? 'suppressed'
        : path === '(no touch)'
          ? 'no touch'
          : path === '(direct or unknown only)'
            ? 'only direct or unknown'
            : 'path';
    return {
      path,
      steps: kind === 'path' ? path.split(' > ') : [],
      kind,
      length: row.path_length === null ? null : Number(row.path_length),
      paths: Number(row.paths),
      conversions: Number(row.conversions),
      nonConversions: Number(row.non_conversions),
      revenue: String(row.revenue_gross),
      meanDays: row.mean_days === null ? null : Number(row.mean_days),
    };
  });
}

/** A flow of orders between two places of a journey. */
export interface Flow {
  from: string;
  to: string;
  orders: number;
}

/** Where a flow of orders stands: `channel` at `column` steps from the left. */
export interface FlowNode {
  id: string;
  label: string;
  column: number;
}

export interface PathFlow {
  nodes: FlowNode[];
  flows: Flow[];
  /** paths drawn one by one, and orders of all others */
  shownPaths: number;
  otherOrders: number;
}

const EARLIER = 'earlier steps';
const ORDER = 'Order';

/**
 * The paths with most orders as flows from step to step, the last `drawnSteps` before the order. All other paths are one flow, so
 * that what arrives at the order is every order that was followed.
 */
export function pathFlow(rows: readonly PathRow[], mostPaths: number, drawnSteps: number): PathFlow {
  const paths = rows.filter((row) => row.kind === 'path' && row.conversions > 0);
  const shown = paths.slice(0, mostPaths);
  const otherOrders =
    paths.slice(mostPaths).reduce((sum, row) => sum + row.conversions, 0) +
    rows.filter((row) => row.kind === 'suppressed').reduce((sum, row) => sum + row.conversions, 0);
  const last = drawnSteps + 1;
  const nodes = new Map<string, FlowNode>();
  const flows = new Map<string, Flow>();
  const node = (label: string, column: number): string => {
    const id = `${column} ${label}`;
    nodes.set(id, { id, label, column });
    return id;
  };
  const flow = (from: string, to: string, orders: number): void => {
    const key = JSON.stringify([from, to]);
    const known = flows.get(key);
    if (known === undefined) flows.set(key, { from, to, orders });
    else known.orders += orders;
  };
  for (const { steps, conversions } of shown) {
    const drawn = steps.slice(-drawnSteps);
    let from = steps.length > drawnSteps ? node(EARLIER, 0) : undefined;
    drawn.forEach((step, i) => {
      const at = node(step, last - drawn.length + i);
      if (from !== undefined) flow(from, at, conversions);
      from = at;
    });
    flow(from!, node(ORDER, last), conversions);
  }
  if (otherOrders > 0) flow(node('other paths', drawnSteps), node(ORDER, last), otherOrders);
  return { nodes: [...nodes.values()], flows: [...flows.values()], shownPaths: shown.length, otherOrders };
}

/** The same without what stood earlier than the drawn steps: for a narrow drawing. */
export function withoutEarlier(flow: PathFlow): PathFlow {
  const nodes = flow.nodes.filter((node) => node.label !== EARLIER);
  const kept = new Set(nodes.map((node) => node.id));
  return { ...flow, nodes, flows: flow.flows.filter((one) => kept.has(one.from)) };
}

/** Orders by number of steps before them. */
export function pathLengths(rows: readonly PathRow[]): { steps: string; orders: number; meanDays: number | null }[] {
  const lengths = new Map<number, { orders: number; journeys: number; days: number }>();
  for (const row of rows) {
    if (row.kind !== 'path' || row.length === null) continue;
    const known = lengths.get(row.length) ?? { orders: 0, journeys: 0, days: 0 };
    const journeys = row.conversions + row.nonConversions;
    lengths.set(row.length, {
      orders: known.orders + row.conversions,
      journeys: known.journeys + journeys,
      days: known.days + (row.meanDays ?? 0) * journeys,
    });
  }
  const made = [...lengths.entries()]
    .sort(([a], [b]) => a - b)
    .map(([steps, { orders, journeys, days }]) => ({
      steps: `${steps} ${steps === 1 ? 'step' : 'steps'}`,
      orders,
      meanDays: journeys === 0 ? null : days / journeys,
    }));
  const small = rows.filter((row) => row.kind === 'suppressed');
  if (small.length === 0) return made;
  return [
    ...made,
    {
      steps: 'rare paths, not told apart',
      orders: small.reduce((sum, row) => sum + row.conversions, 0),
      meanDays: small[0].meanDays,
    },
  ];
}

/** How often a channel stood last before an order, and how often only earlier. Of paths that are shown. */
export function assistedAndClosing(
  rows: readonly PathRow[],
): { channel: string; closing: number; assisting: number }[] {
  const channels = new Map<string, { closing: number; assisting: number }>();
  for (const { kind, steps, conversions } of rows) {
    if (kind !== 'path') continue;
    const last = steps[steps.length - 1];
    for (const channel of new Set(steps)) {
      const known = channels.get(channel) ?? { closing: 0, assisting: 0 };
      if (channel === last) known.closing += conversions;
      else known.assisting += conversions;
      channels.set(channel, known);
    }
  }
  return [...channels.entries()]
    .map(([channel, counts]) => ({ channel, ...counts }))
    .filter(({ closing, assisting }) => closing + assisting > 0)
    .sort((a, b) => b.closing + b.assisting - a.closing - a.assisting || (a.channel < b.channel ? -1 : 1));
}
