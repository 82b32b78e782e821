/** The part of JSON Schema 2020-12 that openapi.json uses; a keyword it does not know is an error, not a pass. */
export interface Schema {
  $ref?: string;
  [keyword: string]: unknown;
}

const CHECKED = new Set([
  'type',
  'properties',
  'required',
  'items',
  'enum',
  'anyOf',
  'additionalProperties',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'pattern',
  'prefixItems',
  'const',
]);
const IGNORED = new Set(['description', 'example', 'default', 'contentMediaType']);

/** What is wrong with a value, each with its place; empty when nothing is. */
export function schemaErrors(value: unknown, schema: Schema, root: Record<string, unknown>, at = '#'): string[] {
  if (schema.$ref !== undefined) {
    const target = schema.$ref
      .slice(2)
      .split('/')
      .reduce((node: unknown, part) => (node as Record<string, unknown>)[part], root);
    return schemaErrors(value, target as Schema, root, at);
  }
  for (const keyword of Object.keys(schema))
    if (!CHECKED.has(keyword) && !IGNORED.has(keyword))
      throw new Error(`${at}: keyword ${keyword} is not checked here`);
  const wrong = (what: string): string[] => [`${at}: ${what}, got ${JSON.stringify(value)?.slice(0, 80)}`];
  if (schema.anyOf !== undefined) {
    return (schema.anyOf as Schema[]).some((one) => schemaErrors(value, one, root, at).length === 0)
      ? []
      : wrong('matches none of anyOf');
  }
  if (schema.type !== undefined && !([schema.type].flat() as string[]).some((type) => isType(value, type)))
    return wrong(`expected ${schema.type}`);
  if (schema.enum !== undefined && !(schema.enum as unknown[]).includes(value))
    return wrong(`expected one of ${schema.enum}`);
  if (Array.isArray(value)) {
    if (value.length < Number(schema.minItems ?? 0) || value.length > Number(schema.maxItems ?? Infinity))
      return wrong('wrong length');
    const prefix = (schema.prefixItems ?? []) as Schema[];
    return value.flatMap((item, i) =>
      schemaErrors(item, prefix[i] ?? (schema.items as Schema) ?? {}, root, `${at}/${i}`),
    );
  }
  if (typeof value === 'object' && value !== null)
    return objectErrors(value as Record<string, unknown>, schema, root, at);
  return [];
}

function objectErrors(
  value: Record<string, unknown>,
  schema: Schema,
  root: Record<string, unknown>,
  at: string,
): string[] {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const missing = ((schema.required ?? []) as string[])
    .filter((key) => !(key in value))
    .map((key) => `${at}: lacks ${key}`);
  const inner = Object.entries(value).flatMap(([key, item]) => {
    if (key in properties) return schemaErrors(item, properties[key], root, `${at}/${key}`);
    if (schema.additionalProperties === false) return [`${at}: does not know ${key}`];
    return typeof schema.additionalProperties === 'object'
      ? schemaErrors(item, schema.additionalProperties as Schema, root, `${at}/${key}`)
      : [];
  });
  return [...missing, ...inner];
}

function isType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
