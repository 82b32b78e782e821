import { InputError } from '../../models/errors.ts';
import { isDay } from '../../pipeline/filter.ts';
import type { Manifest } from '../../pipeline/publish.ts';
import { queryableModels } from '../../pipeline/run-facts.ts';

/** What the reader of a page chose; it stands in the address, so that a page can be linked and printed. */
export interface Asked {
  /** first and last day, both included; absent: all that was published */
  from?: string;
  to?: string;
  model?: string;
  basis?: 'order_date' | 'event_date';
  /** period of the finance calendar that the page on finance shows, `2026-06` */
  book?: string;
  /** claim whose details the page on studies shows */
  study?: string;
  /** job whose plan the page on plans shows */
  plan?: string;
  /** absent: as the reader's system says */
  theme?: 'light' | 'dark';
}

/** What a page shows after defaults. */
export interface Shown {
  from: string;
  to: string;
  model: string;
  basis: 'order_date' | 'event_date';
}

const NAMES = ['from', 'to', 'model', 'basis', 'book', 'study', 'plan', 'theme'] as const;
const BASES = ['order_date', 'event_date'];
const THEMES = ['light', 'dark'];

/**
 * The choices in an address. An empty field of a form is no choice; a wrong one is said, never passed over.
 *
 * @throws InputError `usage`
 */
export function parseAsked(given: URLSearchParams): Asked {
  const asked: Record<string, string> = {};
  for (const name of NAMES) {
    const values = given.getAll(name).filter((value) => value !== '');
    if (values.length > 1) throw new InputError('usage', `${name} stands more than once; choose one`);
    if (values.length === 1) asked[name] = values[0].slice(0, 100);
  }
  for (const name of ['from', 'to'] as const)
    if (asked[name] !== undefined && !isDay(asked[name]))
      throw new InputError('usage', `${asked[name]} is not a day; write it as 2026-03-01`);
  if (asked.from !== undefined && asked.to !== undefined && asked.from > asked.to)
    throw new InputError('usage', `the period begins on ${asked.from}, after its end on ${asked.to}; swap them`);
  if (asked.basis !== undefined && !BASES.includes(asked.basis))
    throw new InputError('usage', `basis ${asked.basis} is not known; choose order_date or event_date`);
  if (asked.theme !== undefined && !THEMES.includes(asked.theme))
    throw new InputError('usage', `theme ${asked.theme} is not known; choose light or dark`);
  return asked as Asked;
}

/**
 * The choices with the run's defaults.
 *
 * @throws InputError `not_published` for a model that the run has not, or that cannot be split by day
 */
export function shownOf(asked: Asked, manifest: Manifest): Shown {
  const models = queryableModels(manifest);
  if (asked.model !== undefined && !models.includes(asked.model))
    throw new InputError('not_published', `the run has no model ${asked.model}; it has ${models.join(', ')}`);
  return {
    from: asked.from ?? manifest.period.from ?? '',
    to: asked.to ?? manifest.period.to ?? '',
    model: asked.model ?? manifest.default_model,
    basis: asked.basis ?? 'order_date',
  };
}

/** The query string of choices, in one order: `?from=...&theme=dark`, or nothing. */
export function searchOf(asked: Asked): string {
  const search = new URLSearchParams();
  for (const name of NAMES) if (asked[name] !== undefined) search.set(name, asked[name]);
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
