import { formatDecimal, parseDecimal } from '../../models/numeric/money.ts';
import { ADDITIVE, CUSTOMERS, type RoiLine } from './roi-line.ts';

export const REASON_CODES = ['late_data', 'refund', 'fx_correction', 'mapping', 'model_change', 'bug'] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** One number of a reported period that is another now. */
export interface RestatementLine {
  lineId: string;
  period: string;
  column: string;
  oldValue: string | null;
  newValue: string | null;
  delta: string | null;
  /** data: the facts changed; method: the rules changed. Never both in one line */
  kind: 'data' | 'method';
  reasonCode: ReasonCode;
  evidence: string | null;
  actor: string | null;
  approver: string | null;
  at: string | null;
}

/** What a reported run was made with, as far as it decides whether a change is one of data or of method. */
export interface Method {
  version: string;
  settings_hash: string;
  rules_version: string;
  model: string;
}

/** Columns that restate: what adds up. Ratios follow from them. */
const RESTATED = ADDITIVE;

/**
 * Lines of two tables whose numbers differ, column by column; a line that only one of them has stands against null.
 *
 * @param kind  of all these changes: callers that changed both, compare twice (old facts under the new method lie between)
 */
export function differences(
  before: readonly RoiLine[],
  after: readonly RoiLine[],
  about: Pick<RestatementLine, 'kind' | 'reasonCode' | 'evidence' | 'actor' | 'approver' | 'at'> & { period: string },
): RestatementLine[] {
  const isTold = toldBy(before, after);
  const old = new Map(before.filter(isTold).map((line) => [line.line_id!, line]));
  const next = new Map(after.filter(isTold).map((line) => [line.line_id!, line]));
  const ids = [...new Set([...old.keys(), ...next.keys()])].sort();
  return ids.flatMap((lineId) =>
    RESTATED.flatMap((column): RestatementLine[] => {
      const oldValue = old.get(lineId)?.[column] ?? null;
      const newValue = next.get(lineId)?.[column] ?? null;
      if (isSame(oldValue, newValue)) return [];
      // a line that only one side has is told against nothing
      const delta = isUntold(column, old.get(lineId), next.get(lineId))
        ? null
        : differenceOf(oldValue ?? '0', newValue ?? '0');
      return [{ ...about, lineId, column, oldValue, newValue, delta }];
    }),
  );
}

/**
 * What changed between two runs of one period: the data, the method, or both.
 *
 * Rules of channels and campaigns are a `mapping`; settings, the model and our own version are a `model_change`.
 */
export function reasonOf(before: Method, after: Method): { kind: 'data' | 'method'; reasonCode: ReasonCode } {
  if (before.version !== after.version || before.model !== after.model)
    return { kind: 'method', reasonCode: 'model_change' };
  if (before.rules_version !== after.rules_version) return { kind: 'method', reasonCode: 'mapping' };
  if (before.settings_hash !== after.settings_hash) return { kind: 'method', reasonCode: 'model_change' };
  return { kind: 'data', reasonCode: 'late_data' };
}

/** Of changed data: only refunds moved, only rates did, or something else came late. */
export function dataReason(lines: readonly RestatementLine[]): ReasonCode {
  const columns = new Set(lines.map((line) => line.column));
  const moved = (...names: string[]): boolean => names.some((name) => columns.has(name));
  if (moved('orders', 'units')) return moved('orders') ? 'late_data' : 'refund';
  if (moved('refunds') && !moved('gross_sales', 'spend_media')) return 'refund';
  if (moved('gross_sales', 'spend_media', 'cogs') && !moved('orders', 'new_customers', 'returning_customers'))
    return moved('gross_sales') && moved('discounts', 'tax', 'shipping') ? 'fx_correction' : 'late_data';
  return 'late_data';
}

/**
 * Late facts of locked periods, as rows of the open period that takes them up: one row per changed line, with the difference to
 * what was reported.
 */
export function adjustmentLines(
  reported: readonly RoiLine[],
  now: readonly RoiLine[],
  into: Pick<RoiLine, 'period' | 'period_start' | 'period_end' | 'period_state' | 'version' | 'run_id'>,
  idOf: (line: RoiLine) => string,
): RoiLine[] {
  const isTold = toldBy(reported, now);
  const old = new Map(reported.filter(isTold).map((line) => [line.line_id!, line]));
  const next = new Map(now.filter(isTold).map((line) => [line.line_id!, line]));
  const ids = [...new Set([...old.keys(), ...next.keys()])].sort();
  return ids.flatMap((id): RoiLine[] => {
    const [before, after] = [old.get(id), next.get(id)];
    const about = after ?? before!;
    if (about.row_type === 'total' || about.row_type === 'rounding' || about.row_type === 'prior_period_adjustment')
      return [];
    const changes = RESTATED.map((column) => {
      const [was, is] = [before?.[column] ?? null, after?.[column] ?? null];
      const isNothing = (was === null && is === null) || isUntold(column, before, after);
      return [column, isNothing ? null : differenceOf(was ?? '0', is ?? '0')] as const;
    });
    if (changes.every(([, delta]) => delta === null || isZero(delta))) return [];
    const line: RoiLine = {
      ...Object.fromEntries(Object.keys(about).map((key) => [key, null])),
      ...Object.fromEntries(
        [
          'workspace',
          'calendar',
          'entity',
          'channel',
          'platform',
          'campaign_id',
          'campaign_name',
          'customer_type',
          'model_id',
          'model_version',
          'window',
          'basis',
          'refund_basis',
          'revenue_definition',
          'currency',
        ].map((key) => [key, about[key]]),
      ),
      ...into,
      ...Object.fromEntries(changes),
      row_type: 'prior_period_adjustment',
      adjusts_period: about.period,
      health: `late facts of ${about.period}, which is locked`,
    };
    line.line_id = idOf(line);
    return [line];
  });
}

/**
 * Lines of a period with the adjustments that later periods have taken up of it: what was told of it in all.
 *
 * @param idOf  id of a line of the period itself
 */
export function withAdjustments(
  lines: readonly RoiLine[],
  adjustments: readonly RoiLine[],
  period: string,
  idOf: (line: RoiLine) => string,
): RoiLine[] {
  const told = new Map(lines.map((line) => [line.line_id!, { ...line }]));
  for (const adjustment of adjustments) {
    const about: RoiLine = { ...adjustment, period, adjusts_period: null, row_type: rowTypeOf(adjustment.channel) };
    about.line_id = idOf(about);
    const line = told.get(about.line_id);
    // a line that first came late
    if (line === undefined) told.set(about.line_id, about);
    else for (const column of RESTATED) line[column] = plus(line[column] ?? null, adjustment[column] ?? null);
  }
  return [...told.values()];
}

/**
 * Which lines can be held against each other: a split by customer that only one side tells is no change of a number, it was of too few
 * persons on the other.
 */
function toldBy(before: readonly RoiLine[], after: readonly RoiLine[]): (line: RoiLine) => boolean {
  const isPart = (line: RoiLine): boolean => (line.customer_type ?? 'all') !== 'all';
  const areSplit = before.some(isPart) && after.some(isPart);
  return (line) => areSplit || !isPart(line);
}

/** Both sides have the line, and one of them does not tell who is new: there is no difference to tell. */
function isUntold(column: string, before: RoiLine | undefined, after: RoiLine | undefined): boolean {
  return (
    CUSTOMERS.includes(column) &&
    before !== undefined &&
    after !== undefined &&
    ((before[column] ?? null) === null || (after[column] ?? null) === null)
  );
}

function rowTypeOf(channel: string | null): string {
  if (channel === '(unattributed)') return 'unattributed';
  if (channel === '(suppressed)') return 'suppressed';
  return channel === 'Direct' ? 'baseline' : 'channel';
}

function plus(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  const scale = Math.max(digits(a), digits(b));
  return formatDecimal(parseDecimal(a, scale) + parseDecimal(b, scale), scale);
}

function isSame(a: string | null, b: string | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  return isZero(differenceOf(a, b)!);
}

/** b - a, with the digits of the longer. */
function differenceOf(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return null;
  const scale = Math.max(digits(a), digits(b));
  return formatDecimal(parseDecimal(b, scale) - parseDecimal(a, scale), scale);
}

function digits(text: string): number {
  return text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
}

function isZero(text: string): boolean {
  return /^-?0(\.0*)?$/.test(text);
}
