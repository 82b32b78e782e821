import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** Text in a drawing, in pixels of the screen: drawings are shown at their own size. */
export const FONT_SIZE = 13;

/** Colour of a series; the stylesheet says which in light and dark. */
export function series(index: number): string {
  return `var(--series-${(index % 8) + 1})`;
}

export const MUTED = 'var(--muted)';
export const INK = 'var(--ink)';

/**
 * A plot as SVG text. No style element and no style attribute stays in it: a page allows neither, and the stylesheet has what
 * they would say.
 */
export function drawPlot(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({ ...options, document: document as never, className: 'plot' }) as unknown as SvgElement;
  for (const style of [...svg.querySelectorAll('style')]) style.remove();
  for (const styled of [...svg.querySelectorAll('[style]')]) styled.removeAttribute('style');
  // to who cannot see it the drawing is one image with a name; its parts may have none of their own
  for (const part of [...svg.querySelectorAll('[aria-label]')]) part.removeAttribute('aria-label');
  svg.setAttribute('font-size', String(FONT_SIZE));
  svg.removeAttribute('font-family');
  return svg.outerHTML;
}

/** The part of an SVG element that is used here; the project has no DOM types. */
interface SvgElement {
  outerHTML: string;
  querySelectorAll(selector: string): Iterable<SvgElement>;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  remove(): void;
}

/** Text cut to what fits, with an ellipsis; about 0.6 of the font size per letter. */
export function fitted(text: string, pixels: number): string {
  const letters = Math.max(3, Math.floor(pixels / (FONT_SIZE * 0.6)));
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}

/** Pixels that the longest of some labels needs, at most `most`. */
export function labelWidth(labels: readonly string[], most: number): number {
  const longest = Math.max(0, ...labels.map((label) => label.length));
  return Math.min(most, Math.ceil(longest * FONT_SIZE * 0.6) + 8);
}
