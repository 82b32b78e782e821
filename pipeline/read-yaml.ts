import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { InputError } from '../models/errors.ts';
import { expectedWords } from './expected-words.ts';
import { nearest } from './nearest.ts';

/** A parsed file, and where its keys stand. */
export interface ReadYaml<T> {
  value: T;
  /** line of a key or list entry; that of the nearest one above it when it is absent */
  lineOf(path: readonly PropertyKey[]): number;
}

/**
 * Parses a YAML text by a schema.
 *
 * @param path  only names the file in messages
 * @throws InputError `bad_config` naming line, key, what was expected and the nearest valid name
 */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  path: string,
  schema: Schema,
): ReadYaml<z.infer<Schema>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    const [error] = document.errors;
    const { line } = lines.linePos(error.pos[0]);
    const [key] = /^[^:\n]*/.exec(text.slice(error.pos[0])) ?? [];
    const what =
      error.code === 'DUPLICATE_KEY'
        ? `${key?.trim()} stands a second time; put all of it under the first`
        : // its own message ends in the place once more
          `${error.message.split('\n')[0].replace(/ at line \d+, column \d+:?$/, '')}; mend the YAML there`;
    throw new InputError('bad_config', `${path}:${line}: ${what}`, {
      details: { line },
    });
  }
  const lineOf = (at: readonly PropertyKey[]): number => lineIn(document, lines, at);
  const given: unknown = document.toJS() ?? {};
  const parsed = schema.safeParse(given);
  if (parsed.success) return { value: parsed.data, lineOf };
  const { issues } = parsed.error;
  // a misspelt key says more than the missing one it was meant to be
  throw issueError(issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0], schema, given, path, lineOf);
}

/** What a schema has against a file, with line, key, what was expected and the nearest valid name. */
function issueError(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  given: unknown,
  path: string,
  lineOf: (at: readonly PropertyKey[]) => number,
): InputError {
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    const line = lineOf([...issue.path, key]);
    const known = keysAt(schema, given, issue.path);
    const close = nearest(key, known);
    const where = issue.path.length === 0 ? '' : ` in ${issue.path.join('.')}`;
    return new InputError(
      'bad_config',
      `${path}:${line}: ${key} is not a setting${where}; ${close ? `did you mean ${close}?` : `known are ${known.join(', ')}`}`,
      { details: { line, key, nearest: close } },
    );
  }
  const key = issue.path.join('.') || 'the file';
  const line = lineOf(issue.path);
  const parent = valueAt(given, issue.path.slice(0, -1));
  // a short form, `adstock: geometric`, was opened up before it was judged
  const got = typeof parent === 'string' ? parent : valueAt(given, issue.path);
  const shown = got === undefined || got === null ? 'missing' : typeof got === 'string' ? got : JSON.stringify(got);
  const choices = choicesOf(issue, schema, given);
  // names that are too many to list are still near
  const known =
    choices ?? (issue.code === 'custom' ? (issue.params?.known as readonly string[] | undefined) : undefined);
  const close = known && nearest(shown, known);
  const expected = choices ? `one of ${choices.join(', ')}` : expectedWords(issue.message);
  const hint = close ? `; did you mean ${close}?` : '';
  return new InputError('bad_config', `${path}:${line}: ${key} is ${shown}; expected ${expected}${hint}`, {
    details: { line, key, nearest: close },
  });
}

/** The values a setting may have, when they can be listed. */
function choicesOf(issue: z.core.$ZodIssue, schema: z.ZodType, given: unknown): string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code !== 'invalid_union' || issue.errors.length > 0) return undefined;
  const { inner, discriminator } = schemaAt(schema, given, issue.path.slice(0, -1));
  return discriminator === undefined
    ? undefined
    : inner.options?.flatMap((option) => literalsOf(option, discriminator));
}

function keysAt(schema: z.ZodType, given: unknown, path: readonly PropertyKey[]): string[] {
  const { inner, value } = schemaAt(schema, given, path);
  return Object.keys((chosen(inner, value) ?? inner).shape ?? {});
}

// the part of a zod schema that is walked here
interface Walked {
  def?: { innerType?: Walked; in?: Walked; out?: Walked; type?: string; discriminator?: string; values?: unknown[] };
  shape?: Record<string, Walked>;
  element?: Walked;
  options?: Walked[];
  valueType?: Walked;
}

function schemaAt(
  schema: z.ZodType,
  given: unknown,
  path: readonly PropertyKey[],
): { inner: Walked; value: unknown; discriminator?: string } {
  let inner = unwrap(schema as unknown as Walked);
  let value = given;
  for (const part of path) {
    const at = chosen(inner, value) ?? inner;
    inner = unwrap((typeof part === 'number' ? at.element : (at.shape?.[String(part)] ?? at.valueType)) ?? {});
    value = valueAt(value, [part]);
  }
  return { inner, value, discriminator: inner.def?.discriminator };
}

/** The member of a union that the value belongs to: the one its discriminator names, else the object among scalars. */
function chosen(schema: Walked, value: unknown): Walked | undefined {
  if (!schema.options) return undefined;
  const { discriminator } = schema.def ?? {};
  const fits = (option: Walked): boolean =>
    discriminator === undefined
      ? unwrap(option).shape !== undefined
      : literalsOf(option, discriminator).includes(String(valueAt(value, [discriminator])));
  const found = schema.options.find(fits);
  return found && unwrap(found);
}

function literalsOf(option: Walked, key: string): string[] {
  return (unwrap(option).shape?.[key]?.def?.values ?? []).map(String);
}

/** Defaults, optionals and conversions peeled off. */
function unwrap(schema: Walked): Walked {
  let at = schema;
  for (;;) {
    const { innerType, in: from, out } = at.def ?? {};
    const next: Walked | undefined = innerType ?? (from?.def?.type === 'transform' ? out : from);
    if (!next) return at;
    at = next;
  }
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let at = given;
  for (const part of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[part];
  return at;
}

function lineIn(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1) as unknown[], true);
    const items = (parent as { items?: { key?: { value?: unknown; range?: number[] }; range?: number[] }[] } | null)
      ?.items;
    const part = path[depth - 1];
    const pair = items?.find((item) => item.key !== undefined && item.key?.value === part);
    const range = pair?.key?.range ?? (typeof part === 'number' ? items?.[part]?.range : undefined);
    if (range) return lines.linePos(range[0]).line;
  }
  return 1;
}
