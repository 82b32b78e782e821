import { encodeTable, type TableFormat, tableJson } from './encode-table.ts';
import { type ModelOutput, modelOutput } from './model-outputs.ts';
import { publishedModel, type Query, runQuery } from './query.ts';
import type { ReportOptions } from './reports.ts';
import type { Results } from './results.ts';
import { freshnessOf, suppressedIn, warningsOf } from './run-facts.ts';
import type { Table } from './table.ts';

/** What can be asked for as a whole answer: plain data, so that another process can make it. */
export type AnswerAsk = (QueryAsk | ReportAsk | OutputAsk) & { format: TableFormat };

interface QueryAsk {
  kind: 'query';
  query: Query;
  limit: number;
  /** cursor of the page after this one, if there is one */
  nextCursor: string;
  /** further keys of `meta` */
  meta: Readonly<Record<string, unknown>>;
}

interface ReportAsk {
  kind: 'report';
  name: string;
  options: ReportOptions;
  limit: number;
}

/** What the models of the run said. */
interface OutputAsk {
  kind: 'output';
  output: ModelOutput;
  limit: number;
}

/** An answer ready to be sent. */
export interface EncodedAnswer {
  bytes: Uint8Array;
  totalRows: number;
  truncated: boolean;
}

/** A table on its way out, and what the envelope of JSON says besides it. */
interface Outgoing {
  table: Table;
  envelope: Readonly<Record<string, unknown>>;
  meta: Readonly<Record<string, unknown>>;
}

/**
 * Answers a question and encodes the answer. Where the whole of it is made, nothing but bytes has to travel.
 *
 * @throws InputError as `runQuery` and `makeReport`
 */
export async function makeAnswer(results: Results, ask: AnswerAsk): Promise<EncodedAnswer> {
  const started = performance.now();
  const outgoing = await outgoingOf(results, ask);
  const { table } = outgoing;
  const bytes = ask.format === 'json' ? jsonBytes(outgoing, started) : await encodeTable(table, ask.format);
  return { bytes, totalRows: table.totalRows, truncated: table.truncated };
}

function outgoingOf(results: Results, ask: AnswerAsk): Promise<Outgoing> {
  switch (ask.kind) {
    case 'query':
      return ofQuery(results, ask);
    case 'report':
      return ofReport(results, ask);
    case 'output':
      return ofOutput(results, ask);
  }
}

async function ofOutput(results: Results, { output, limit }: OutputAsk): Promise<Outgoing> {
  const { title, table, notes } = await modelOutput(results, output, limit);
  const facts = { freshness: await freshnessOf(results), warnings: warningsOf(results.manifest), suppressed_rows: 0 };
  return { table, envelope: { title, notes }, meta: { ...facts, report: output, options: { limit } } };
}

async function ofQuery(results: Results, { query, limit, nextCursor, meta }: QueryAsk): Promise<Outgoing> {
  const table = await runQuery(results, query);
  // what nobody asked for is said as it was taken
  const taken = { model: table.meta.model, date_range: table.meta.period };
  return {
    table,
    envelope: { page: { limit, next_cursor: table.truncated ? nextCursor : null } },
    meta: { ...meta, query: { ...taken, ...(meta.query as object) } },
  };
}

async function ofReport(results: Results, { name, options, limit }: ReportAsk): Promise<Outgoing> {
  // the report models looks at several, and says itself which are there
  if (options.model !== undefined && name !== 'models') publishedModel(options.model, results);
  // reports bring models with them, which queries do without
  const { makeReport } = await import('./reports.ts');
  const { title, table, notes } = await makeReport(results, name, { ...options, limit });
  const facts = {
    freshness: await freshnessOf(results),
    warnings: warningsOf(results.manifest),
    suppressed_rows: await suppressedIn(results, name, table),
  };
  return { table, envelope: { title, notes }, meta: { ...facts, report: name, options } };
}

function jsonBytes({ table, envelope, meta }: Outgoing, started: number): Uint8Array {
  const json = tableJson(table);
  return Buffer.from(
    JSON.stringify({
      ...json,
      ...envelope,
      meta: { ...(json.meta as object), ...meta, elapsed_ms: Math.round(performance.now() - started) },
    }),
  );
}
