// Process that reads published runs for a server: one question at a time, from runs that stay open. It ends at once when the server is gone.
import { InputError } from '../../models/errors.ts';
import { packColumns } from '../readers/packed-columns.ts';
import type {
  MessageFromReader,
  MessageToReader,
  ReaderLimits,
  ReadPlace,
  ReadReply,
  ReadTask,
} from '../readers/reader-messages.ts';
import { type OpenResults, openResults } from '../results.ts';
import type { SqlParameters, Warehouse } from '../warehouse.ts';
import { packed } from './packed-error.ts';

const limits = JSON.parse(process.argv[2]) as ReaderLimits;
/** the least recently used first */
const open = new Map<string, OpenResults>();
let current: { id: number; warehouse?: Warehouse } | undefined;
let interrupted = -1;
let last: Promise<void> = Promise.resolve();

const say = (message: MessageFromReader): void => {
  process.send?.(message);
};
const keyOf = ({ results, run }: ReadPlace): string => `${results}\n${run}`;

// not process.exit: that would wait for a statement that is running
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message: MessageToReader) => {
  if ('interrupt' in message) {
    interrupted = message.interrupt;
    if (current?.id === interrupted) current.warehouse?.interrupt();
  } else if ('forget' in message) {
    last = last.then(() => close(keyOf(message.forget)));
  } else {
    last = last.then(() => answer(message.id, message.place, message.task));
  }
});

async function answer(id: number, place: ReadPlace, task: ReadTask): Promise<void> {
  current = { id };
  try {
    const results = await opened(place);
    current.warehouse = results.warehouse;
    await loaded(task);
    say({ id, began: true });
    say({ id, reply: await replyTo(results, task, () => interrupted === id) });
  } catch (error) {
    say({ id, failure: packed(tooLarge(error)) });
  } finally {
    current = undefined;
  }
}

async function replyTo(results: OpenResults, task: ReadTask, isInterrupted: () => boolean): Promise<ReadReply> {
  // an interrupt between two statements stops the second
  const go = (): void => {
    if (isInterrupted()) throw new InputError('timeout', 'interrupted');
  };
  go();
  if (task.kind === 'rows') {
    const { names, columns, count } = await results.warehouse.columns(task.sql, task.parameters);
    return { kind: 'rows', rows: packColumns(names, columns, count) };
  }
  const { makeAnswer } = await import('../make-answer.ts');
  const rows = <T>(sql: string, parameters?: SqlParameters): Promise<T[]> => {
    go();
    return results.rows<T>(sql, parameters);
  };
  return { kind: 'answer', answer: await makeAnswer({ ...results, rows }, task.ask) };
}

/** Code that is loaded at its first use, before the time of the question begins. */
async function loaded(task: ReadTask): Promise<void> {
  if (task.kind === 'rows') return;
  await import('../make-answer.ts');
  if (task.ask.kind === 'report') await import('../reports.ts');
}

async function opened(place: ReadPlace): Promise<OpenResults> {
  const key = keyOf(place);
  const known = open.get(key);
  open.delete(key);
  for (const [oldest] of open) {
    if (open.size < limits.openRuns) break;
    close(oldest);
  }
  const results =
    known ??
    (await openResults({ results: place.results }, place.run, {
      threads: limits.threads,
      memoryLimitBytes: limits.memoryBytes,
      spillDirectory: limits.spillDirectory,
      spillBytes: limits.spillBytes,
    }));
  open.set(key, results);
  return results;
}

function close(key: string): void {
  open.get(key)?.close();
  open.delete(key);
}

/** What ran out of memory, told as such; the limit of the operating system makes DuckDB, C++ and V8 each say it in their way. */
function tooLarge(error: unknown): unknown {
  const text = String((error as Error)?.message ?? error);
  if (!/out of memory|bad_?alloc|failed to allocate|allocation fail|invalid (array|string) length/i.test(text))
    return error;
  return new InputError('too_large', 'the answer needs more memory than a query may take', { cause: error });
}
