import { InputError } from '../models/errors.ts';
import { DIMENSIONS, type Dimension, dimensionOf } from './metrics.ts';
import { nearest } from './nearest.ts';

export const FILTER_OPERATORS = [
  'is',
  'is_not',
  'contains',
  'contains_not',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

export type Filter = ['and' | 'or', Filter[]] | ['not', Filter] | [FilterOperator, string, string[]];

export const FILTER_LIMITS = { depth: 5, clauses: 50, values: 1000, valueLength: 1000 } as const;

/** Which published table a condition is about. */
export type Side = 'attribution' | 'spend' | 'margin';
export const SIDES: readonly Side[] = ['attribution', 'spend', 'margin'];

const COMPARISONS: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

/**
 * A filter as it came, checked: its operators, dimensions, depth and size. Hand-made, not a recursive schema, so that hostile
 * nesting ends at the fifth level and each complaint points to its place.
 *
 * @param pointer  JSON pointer of the filter, for messages: `#/filters`
 * @throws InputError `usage`, `unknown_name`
 */
export function parseFilter(input: unknown, pointer: string): Filter {
  const count = { clauses: 0, values: 0 };
  const parse = (node: unknown, at: string, depth: number): Filter => {
    if (depth > FILTER_LIMITS.depth)
      throw wrong(at, `filters are nested deeper than ${FILTER_LIMITS.depth}; flatten them`);
    if (!Array.isArray(node) || typeof node[0] !== 'string')
      throw wrong(at, 'expected a list that begins with an operator, such as ["is", "channel", ["tiktok"]]');
    const [operator] = node;
    if (operator === 'and' || operator === 'or') {
      if (node.length !== 2 || !Array.isArray(node[1]) || node[1].length === 0)
        throw wrong(`${at}/1`, `expected one list of filters after ${operator}`);
      return [operator, node[1].map((inner, i) => parse(inner, `${at}/1/${i}`, depth + 1))];
    }
    if (operator === 'not') {
      if (node.length !== 2) throw wrong(at, 'expected one filter after not');
      return ['not', parse(node[1], `${at}/1`, depth + 1)];
    }
    if (!(FILTER_OPERATORS as readonly string[]).includes(operator)) {
      const known = ['and', 'or', 'not', ...FILTER_OPERATORS];
      const close = nearest(operator.slice(0, 40), known);
      throw wrong(`${at}/0`, `unknown operator; ${close ? `did you mean ${close}?` : `known are ${known.join(', ')}`}`);
    }
    if (++count.clauses > FILTER_LIMITS.clauses)
      throw wrong(at, `more than ${FILTER_LIMITS.clauses} filter clauses; use a list of values in one clause`);
    return clause(node, at, count);
  };
  return parse(input, pointer, 1);
}

function clause(node: unknown[], at: string, count: { values: number }): Filter {
  const [operator, name, values] = node as [FilterOperator, unknown, unknown];
  if (node.length !== 3 || typeof name !== 'string') throw wrong(at, `expected ["${operator}", dimension, [values]]`);
  const dimension = knownDimension(name, `${at}/1`);
  if (!Array.isArray(values) || values.length === 0 || !values.every((value) => typeof value === 'string'))
    throw wrong(`${at}/2`, 'expected a list of at least one text');
  count.values += values.length;
  if (count.values > FILTER_LIMITS.values) throw wrong(`${at}/2`, `more than ${FILTER_LIMITS.values} values`);
  values.forEach((value: string, i) => {
    if (value.length > FILTER_LIMITS.valueLength)
      throw wrong(`${at}/2/${i}`, `longer than ${FILTER_LIMITS.valueLength} characters`);
    // the C interface beneath ends a text at its first NUL: the filter would silently mean another value
    if (value.includes('\0')) throw wrong(`${at}/2/${i}`, 'holds a NUL character');
  });
  const isOrdered = operator in COMPARISONS || operator === 'between';
  if (isOrdered) {
    if (!dimension.id.startsWith('time:'))
      throw wrong(`${at}/0`, `${operator} works on time:day, time:week and time:month; ${name} has no order`);
    const expected = operator === 'between' ? 2 : 1;
    if (values.length !== expected)
      throw wrong(`${at}/2`, `${operator} takes ${expected === 1 ? 'one day' : 'two days'}`);
    const bad = values.findIndex((value: string) => !isDay(value));
    if (bad >= 0) throw wrong(`${at}/2/${bad}`, 'expected a day such as 2026-03-01');
  }
  return [operator, name, values as string[]];
}

/**
 * A checked filter as SQL over one side. Values become parameters in `bind`; no text of the request reaches the SQL.
 *
 * @throws InputError `usage` where the side does not know the dimension
 */
export function filterSql(filter: Filter, side: Side, bind: Record<string, string>): string {
  const [operator] = filter;
  if (operator === 'and' || operator === 'or')
    return `(${(filter[1] as Filter[]).map((inner) => filterSql(inner, side, bind)).join(` ${operator} `)})`;
  if (operator === 'not') return `not (${filterSql(filter[1] as Filter, side, bind)})`;
  const [, name, values] = filter as [FilterOperator, string, string[]];
  const column = dimensionOf(name)![side];
  if (column === null) {
    throw new InputError('usage', `${side} has no ${name}; leave out the filter or the ${side} metrics`, {
      details: { incompatible: true, errors: [{ pointer: '#/filters', detail: `${side} has no ${name}` }] },
    });
  }
  const parameters = values.map((value) => {
    const parameter = `v${Object.keys(bind).length}`;
    bind[parameter] = value;
    return `$${parameter}`;
  });
  const text = `cast(${column} as varchar)`;
  if (operator === 'between') return `(${text} between ${parameters[0]} and ${parameters[1]})`;
  if (operator in COMPARISONS) return `(${text} ${COMPARISONS[operator]} ${parameters[0]})`;
  const tests = parameters.map((parameter) =>
    operator.startsWith('is') ? `${text} = ${parameter}` : `contains(lower(${text}), lower(${parameter}))`,
  );
  return `${operator.endsWith('not') ? 'not ' : ''}(${tests.join(' or ')})`;
}

/** @throws InputError `unknown_name` with the nearest dimension */
export function knownDimension(id: string, pointer: string): Dimension {
  const dimension = dimensionOf(id);
  if (dimension !== undefined) return dimension;
  const known = DIMENSIONS.map((one) => one.id);
  // a name of any length is not worth comparing
  const close = nearest(id.slice(0, 64), known);
  const detail = `${shown(id)} is not a dimension; ${close ? `did you mean ${close}?` : `known are ${known.join(', ')}`}`;
  throw new InputError('unknown_name', detail, {
    details: { what: 'dimension', nearest: close, errors: [{ pointer, detail }] },
  });
}

/** A calendar day that exists. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

/** A name of the caller's, short enough for a message. */
export function shown(text: string): string {
  return text.length > 64 ? `${text.slice(0, 61)}...` : text;
}

function wrong(pointer: string, detail: string): InputError {
  return new InputError('usage', `${pointer}: ${detail}`, { details: { errors: [{ pointer, detail }] } });
}
