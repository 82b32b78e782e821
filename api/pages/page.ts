import type { Child } from 'hono/jsx';
import type { Control } from '../../pipeline/control/open-control.ts';
import type { Scope } from '../../pipeline/control/roles.ts';
import type { Manifest } from '../../pipeline/publish.ts';
import type { Results } from '../../pipeline/results.ts';
import type { Table } from '../../pipeline/table.ts';
import type { PageSession } from './access.ts';
import type { Asked, Shown } from './asked.ts';
import type { Method } from './how.tsx';

/** A chart with everything that must stand beside it. The table is the chart's twin: it says the same, and is the CSV. */
export interface Figure {
  /** unique on its page; names the CSV */
  id: string;
  title: string;
  /** what it shows, in one sentence with its numbers */
  summary: string;
  /** a drawing for a given width in pixels; absent where the table itself is the figure */
  draw?: (width: number) => string;
  /** which mark is which, where labels in the chart do not say it */
  keys?: readonly Key[];
  table: Table;
  /** where the cells of a column lead, a row each; addresses of the web */
  rowLinks?: { column: number; addresses: readonly (string | null)[] };
  /** the file, where it has more columns than fit on a page */
  wholeTable?: Table;
  /** entry of the page on methods */
  how: Method;
  notes?: readonly string[];
}

/** A colour with the shape that says the same. */
export interface Key {
  label: string;
  /** 1 to 8, or muted */
  series: number | 'muted';
  shape: 'circle' | 'square' | 'triangle' | 'diamond' | 'line' | 'dashed' | 'band' | 'box' | 'dashed-box';
}

export interface PageCall {
  workspace: string;
  results: Results;
  asked: Asked;
  shown: Shown;
  currency: string;
  /** the run before this one, if it is kept */
  previous: Manifest | undefined;
  /** runs before this one that are kept */
  earlierRuns: number;
  /** the newest of them, newest first, each opened for as long as `work` takes */
  withEarlier: <T>(most: number, work: (results: Results) => Promise<T>) => Promise<T[]>;
  now: Date;
  control: Control | undefined;
  session: PageSession;
  /** address of another page under the same choices */
  link: (page: string) => string;
}

export interface PageView {
  /** what is shown, where the page chooses it by itself */
  facts?: { period?: string; model?: string };
  body: Child;
  figures: readonly Figure[];
}

export type FilterName = 'period' | 'model' | 'basis';

/** A page of the dashboard: its place, the choices that change it, and what it shows. */
export interface Page {
  /** segment of the address; empty for the first page */
  id: string;
  title: string;
  /** what the page answers, as a question or in a few words */
  about: string;
  filters: readonly FilterName[];
  /** what a key must be allowed to see it, and its files; reports when absent */
  scope?: Scope;
  /** shows what may change while the run stays: made anew for every request */
  isLive?: boolean;
  make(call: PageCall): Promise<PageView>;
}
