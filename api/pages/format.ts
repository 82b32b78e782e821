import { publishedCell, type TableColumn } from '../../pipeline/table.ts';

const NOTHING = '–';

/** Words for ids that people read; an id that is not here is shown as it is. */
const NAMES: Readonly<Record<string, string>> = {
  first_touch: 'First touch',
  last_touch: 'Last touch',
  last_non_direct: 'Last non-direct',
  linear: 'Linear',
  position_based: 'Position-based',
  time_decay: 'Time decay',
  markov: 'Markov chain',
  shapley: 'Shapley',
  shapley_ordered: 'Shapley, ordered',
  shapley_rate: 'Shapley, by rate',
  learned_decay: 'Learned decay',
  instagram: 'Instagram',
  facebook: 'Facebook',
  tiktok: 'TikTok',
  youtube: 'YouTube',
  linkedin: 'LinkedIn',
  mastodon: 'Mastodon',
  pinterest: 'Pinterest',
  snapchat: 'Snapchat',
  reddit: 'Reddit',
  x: 'X',
  order_date: 'refunds on the day of their order',
  event_date: 'refunds on their own day',
};

export function nameOf(id: string): string {
  return NAMES[id] ?? id;
}

/** Money with all the digits of its currency: `€1,234.50`. Exact: the decimal text never becomes a float. */
export function money(value: string | null, currency: string): string {
  if (value === null) return NOTHING;
  return new Intl.NumberFormat('en-GB', { style: 'currency', currency })
    .format(value as Intl.StringNumericLiteral)
    .replace('-', '−');
}

/** Money for a sentence or an axis: `€420`, `€6.0 k`, `€42 k`, `€1.3 M`; no line ends within it. */
export function shortMoney(value: number, currency: string): string {
  const sign = value < 0 ? '−' : '';
  const symbol = symbolOf(currency);
  const size = Math.abs(value);
  const number =
    size >= 999_500
      ? `${(size / 1e6).toFixed(size >= 9.95e6 ? 0 : 1)}\u00a0M`
      : size >= 9_950
        ? `${(size / 1e3).toFixed(0)}\u00a0k`
        : size >= 1_000
          ? `${(size / 1e3).toFixed(1)}\u00a0k`
          : size >= 10 || size === 0
            ? size.toFixed(0)
            : size.toFixed(2);
  return `${sign}${symbol}${number}`;
}

export function symbolOf(currency: string): string {
  const part = new Intl.NumberFormat('en-GB', { style: 'currency', currency })
    .formatToParts(0)
    .find(({ type }) => type === 'currency');
  return part?.value ?? currency;
}

/** A number with at most `digits` decimals and grouped thousands. */
export function number(value: number | string | null, digits = 0): string {
  if (value === null) return NOTHING;
  return new Intl.NumberFormat('en-GB', { maximumFractionDigits: digits, minimumFractionDigits: digits })
    .format(value as number)
    .replace('-', '−');
}

/** A share in [0, 1] as percent; below one percent but not nothing stays visible. */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return 'under 1 %';
  if (share < 1 && share > 0.995) return 'over 99 %';
  return `${Math.round(100 * share)} %`;
}

/** `2 Apr 2026` of `2026-04-02`. */
export function day(text: string | null): string {
  if (text === null || text === '') return NOTHING;
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${text.slice(0, 10)}T00:00:00Z`),
  );
}

/** `1 Jul 2026, 06:00 UTC` of an RFC 3339 time. */
export function instant(text: string | null): string {
  if (text === null) return NOTHING;
  const at = new Date(text);
  return `${day(at.toISOString())}, ${at.toISOString().slice(11, 16)} UTC`;
}

/** Columns that hold ids of ours; what a client named stays as he wrote it. */
const NAMED = new Set(['model', 'platform', 'part', 'driver']);

/** A cell of a table as people read it. */
export function cellText(value: string | null, column: TableColumn, currency: string): string {
  if (value === null) return NOTHING;
  if (column.type === 'day') return day(value);
  if (column.type === 'instant') return instant(value);
  if (column.type === 'boolean') return value === 'true' ? 'yes' : 'no';
  if (column.type !== 'decimal') return NAMED.has(column.id) ? nameOf(value) : value;
  if (column.unit === currency) return money(publishedCell(value, column), currency);
  // credit has nine decimals in files; two say it to a person
  const scale = column.unit === 'credit' ? 1 : Math.min(column.scale ?? 0, 2);
  if (column.unit === 'share') return percent(Number(value));
  return number(publishedCell(value, { ...column, scale }), scale);
}

const MONEY = /([+-]?)(\d[\d,]*(?:\.\d+)?) ([A-Z]{3})\b/g;
const DAY = /\b\d{4}-\d{2}-\d{2}\b/g;
const MODEL =
  /\b(?:first_touch|last_touch|last_non_direct|position_based|time_decay|shapley_ordered|shapley_rate|learned_decay|markov|shapley|linear)\b/g;

/** A published sentence as the charts beside it write: `+4,759 EUR` is `€4.8 k`, `2026-05-29` is `29 May 2026`. */
export function inPageWords(sentence: string, currency: string): string {
  return sentence
    .replace(MONEY, (whole, sign: string, digits: string, unit: string) =>
      unit === currency ? shortMoney(Number(`${sign}${digits.replaceAll(',', '')}`), currency) : whole,
    )
    .replace(DAY, (text) => day(text))
    .replace(/(^|[\s(])-(?=\d)/g, '$1−');
}

/** A sentence about models with their names for their ids. */
export function withModelNames(sentence: string): string {
  return sentence.replace(MODEL, (id) => nameOf(id));
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}
