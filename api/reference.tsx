import { createHash } from 'node:crypto';
import type { Child } from 'hono/jsx';

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  description?: string;
}
interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
  description?: string;
}
interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}
/** What the page shows of an OpenAPI document. */
export interface ReferenceDocument {
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
code, pre { font: 0.9em ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid GrayText; border-radius: 4px; }
article { border-top: 1px solid GrayText; padding: 0.5rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: 0.15rem 1rem 0.15rem 0; }
.scope { white-space: nowrap; }
`;

/** Nothing may run here, and no style but this page's own. */
export const REFERENCE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Every address on one page, made from the document that programs read; without scripts, from no other server. */
export function referencePage(document: ReferenceDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{document.info.title} API</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <main>
          <h1>
            {document.info.title} API, version {document.info.version}
          </h1>
          <p>{document.info.description}</p>
          <p>
            For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1). Every error is
            application/problem+json.
          </p>
          <nav aria-label="Contents">
            <ul>
              {tags.map((tag) => (
                <li>
                  <a href={`#${tag}`}>{tag}</a>
                </li>
              ))}
              <li>
                <a href="#schemas">schemas</a>
              </li>
            </ul>
          </nav>
          {tags.map((tag) => (
            <section aria-labelledby={tag}>
              <h2 id={tag}>{tag}</h2>
              {operations
                .filter(({ operation }) => operation.tags.includes(tag))
                .map(({ path, method, operation }) => (
                  <OperationPart path={path} method={method} operation={operation} />
                ))}
            </section>
          ))}
          <section aria-labelledby="schemas">
            <h2 id="schemas">schemas</h2>
            {Object.entries(document.components.schemas).map(([name, schema]) => (
              <article>
                <h3 id={`schema-${name}`}>{name}</h3>
                <pre tabindex={0}>{JSON.stringify(schema, null, 2)}</pre>
              </article>
            ))}
          </section>
        </main>
      </body>
    </html>
  );
  return `<!doctype html>${String(page)}`;
}

function OperationPart({ path, method, operation }: { path: string; method: string; operation: Operation }) {
  const scope = operation.security.flatMap((one) => Object.values(one).flat())[0];
  const bodies = Object.entries(operation.requestBody?.content ?? {});
  return (
    <article>
      <h3 id={operation.operationId}>
        <code>
          {method} {path}
        </code>
      </h3>
      <p>{operation.summary}.</p>
      {operation.description && <p>{operation.description}</p>}
      <p class="scope">
        {scope === undefined ? (
          'Needs no key.'
        ) : (
          <>
            Scope: <code>{scope}</code>
          </>
        )}
      </p>
      {(operation.parameters ?? []).length > 0 && <Parameters list={operation.parameters ?? []} />}
      {bodies.length > 0 && (
        <p>
          Body:{' '}
          {bodies.map(([type, { schema }], i) => (
            <>
              {i > 0 && ' or '}
              <code>{type}</code> <SchemaName schema={schema} />
            </>
          ))}
        </p>
      )}
      <table>
        <caption>Answers</caption>
        <tbody>
          {Object.entries(operation.responses).map(([status, { description, content }]) => (
            <tr>
              <th scope="row">{status}</th>
              <td>
                {description}
                {content && `: ${Object.keys(content).join(', ')}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  );
}

function Parameters({ list }: { list: Parameter[] }): Child {
  return (
    <table>
      <caption>Parameters</caption>
      <tbody>
        {list.map(({ name, in: place, required, schema, description }) => (
          <tr>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>
              {place}
              {required ? ', required' : ''}
            </td>
            <td>
              {schema?.enum === undefined ? String(schema?.type ?? '') : schema.enum.join(', ')}{' '}
              {description ?? schema?.description ?? ''}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SchemaName({ schema }: { schema: Schema }): Child {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? null : <a href={`#schema-${name}`}>{name}</a>;
}
