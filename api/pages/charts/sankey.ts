import { sankey, sankeyLinkHorizontal } from 'd3-sankey';
import type { PathFlow } from '../../../pipeline/views/read-journeys.ts';
import { FONT_SIZE, fitted, MUTED, series } from './draw.ts';

interface NodeShape {
  id: string;
  label: string;
  column: number;
}

/** Flows of orders from step to step, left to right, ending in the order. */
export function drawSankey(flow: PathFlow, options: { width: number }): string {
  const { width } = options;
  const isNarrow = width < 500;
  const channels = [...new Set(flow.nodes.map((node) => node.label))].filter(
    (label) => !['Order', 'earlier steps', 'other paths'].includes(label),
  );
  const columns = Math.max(...flow.nodes.map((node) => node.column)) + 1;
  const first = Math.min(...flow.nodes.map((node) => node.column));
  const inColumn = new Map<number, number>();
  for (const node of flow.nodes) inColumn.set(node.column, (inColumn.get(node.column) ?? 0) + 1);
  const height = Math.max(260, Math.max(...inColumn.values()) * (FONT_SIZE + 22) + 40);
  const labelRoom = isNarrow ? 46 : 64;
  const graph = sankey<NodeShape, { source: string; target: string; value: number }>()
    .nodeId((node) => node.id)
    .nodeAlign((node) => node.column - first)
    .nodeSort((a, b) => (b.value ?? 0) - (a.value ?? 0) || (a.label < b.label ? -1 : 1))
    .nodeWidth(isNarrow ? 8 : 12)
    .nodePadding(20)
    .extent([
      [2, 26],
      [width - labelRoom, height - 8],
    ])({
    nodes: flow.nodes.map((node) => ({ ...node })),
    links: flow.flows.map(({ from, to, orders }) => ({ source: from, target: to, value: orders })),
  });
  const colourOf = (label: string): string => {
    const at = channels.indexOf(label);
    return at < 0 ? MUTED : series(at);
  };
  const line = sankeyLinkHorizontal();
  const nodeOf = (end: unknown): NodeShape => end as NodeShape;
  const links = graph.links.map(
    (link) =>
      `<path d="${line(link as never)}" fill="none" stroke="${colourOf(nodeOf(link.source).label)}" stroke-opacity="0.38" stroke-width="${Math.max(1, link.width ?? 1).toFixed(2)}"/>`,
  );
  const room = (width - labelRoom) / Math.max(1, columns - first - 1) - 18;
  const nodes = graph.nodes.map((node) => {
    const [x0, x1, y0, y1] = [node.x0!, node.x1!, node.y0!, node.y1!];
    const isLast = node.column === columns - 1;
    const text = isLast
      ? node.label
      : `${fitted(node.label, room - (isNarrow ? 0 : 34))}${isNarrow ? '' : ` ${node.value}`}`;
    return (
      `<rect x="${x0.toFixed(1)}" y="${y0.toFixed(1)}" width="${(x1 - x0).toFixed(1)}" height="${Math.max(1, y1 - y0).toFixed(1)}" fill="${colourOf(node.label)}"/>` +
      `<text x="${(x1 + 4).toFixed(1)}" y="${((y0 + y1) / 2).toFixed(1)}" dy="0.35em">${escaped(text)}</text>`
    );
  });
  const heads = Array.from({ length: columns - 1 - first }, (_, i) => {
    const back = columns - 1 - first - i;
    const node = graph.nodes.find((one) => one.column - first === i);
    const words = isNarrow ? 'before it' : `${back - 1} before the last`;
    const text = back === 1 ? 'last step' : node?.label === 'earlier steps' ? 'earlier' : words;
    return node === undefined ? '' : `<text x="${node.x0!.toFixed(1)}" y="12" font-weight="600">${text}</text>`;
  });
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-size="${FONT_SIZE}">${links.join('')}${nodes.join('')}${heads.join('')}</svg>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
