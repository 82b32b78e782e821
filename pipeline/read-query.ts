import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseDocument } from 'yaml';
import { InputError } from '../models/errors.ts';
import { parseQuery, type Query } from './query-schema.ts';

/** A query that stands in a file, and the run it asks for; the current one when undefined. */
export interface FiledQuery {
  query: Query;
  run: string | undefined;
}

/**
 * Reads a query as `POST /query` takes it, in JSON or YAML. `as_of` names a run; a page has an offset in place of a cursor.
 *
 * @param source  path, or - for standard input
 * @throws InputError `not_found` for a path of nothing, `bad_input` for what is no JSON or YAML, `usage` as `parseQuery`
 */
export async function readQuery(source: string): Promise<FiledQuery> {
  const name = source === '-' ? 'standard input' : source;
  const document = parseDocument(source === '-' ? await text(process.stdin) : contentOf(source));
  if (document.errors.length > 0)
    throw new InputError(
      'bad_input',
      `${name}: ${document.errors[0].message.split('\n')[0]}; give a query in JSON or YAML`,
    );
  const given: unknown = document.toJS();
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new InputError('bad_input', `${name} holds no query; give an object such as {"metrics": ["revenue_net"]}`);
  const { as_of: run = 'current', ...rest } = given as Record<string, unknown>;
  if (typeof run !== 'string')
    throw new InputError('usage', `${name}: as_of is ${JSON.stringify(run)}; expected current or the id of a run`);
  // the cursor of an answer over HTTP belongs to its server
  const { cursor, ...page } = (rest.page ?? {}) as Record<string, unknown>;
  if (cursor !== undefined && cursor !== null)
    throw new InputError('usage', `${name}: page.cursor is of an answer over HTTP; give page.offset`);
  const query = parseQuery('page' in rest ? { ...rest, page } : rest) as Query;
  return { query, run: run === 'current' ? undefined : run };
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError('not_found', `${path}: no such file; give a query in JSON or YAML, or - for standard input`, {
      cause,
    });
  }
}
