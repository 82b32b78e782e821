import { publishedCell, type Table, type TableColumn } from '../pipeline/table.ts';

/** What every command is told. */
export interface GlobalOptions {
  workspace: string;
  json?: boolean;
  plain?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
  input?: boolean;
}

/** How this process prints; the flags of the command say so before it begins. */
const terminal = { isPlain: false, isVerbose: false, rewrites: true, asks: true, since: Date.now() };

export function setTerminal({ plain, verbose, color, input }: GlobalOptions): void {
  terminal.isPlain = plain ?? false;
  terminal.isVerbose = verbose ?? false;
  terminal.rewrites = color ?? true;
  terminal.asks = input ?? true;
}

/** Whether tables are for the next program: then nothing stands around them. */
export function isPlain(): boolean {
  return terminal.isPlain;
}

/** Whether somebody is there who can be asked. */
export function mayAsk(): boolean {
  return terminal.asks && process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** A command to go on with, in the same workspace. */
export function nextCommand(options: Pick<GlobalOptions, 'workspace'>, command: string): string {
  const place =
    options.workspace === '.'
      ? ''
      : ` -w ${/[^\w./~-]/.test(options.workspace) ? JSON.stringify(options.workspace) : options.workspace}`;
  return `Next: liftproof ${command}${place}`;
}

/** A message for people: standard error, unless they asked for quiet. */
export function say(options: Pick<GlobalOptions, 'quiet'>, message: string): void {
  if (!options.quiet) process.stderr.write(`${message}\n`);
}

/** A result for programs: one JSON document on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/**
 * Progress of long work: on a terminal one line that rewrites itself, elsewhere a line when half a minute has passed; every step
 * when verbose, nothing at all when quiet.
 */
export function progressLine(options: Pick<GlobalOptions, 'quiet'>): {
  tell: (message: string) => void;
  end: () => void;
} {
  if (options.quiet) return { tell: () => undefined, end: () => undefined };
  if (terminal.isVerbose) {
    const seconds = (): string => ((Date.now() - terminal.since) / 1000).toFixed(2).padStart(8);
    return { tell: (message) => void process.stderr.write(`${seconds()} s  ${message}\n`), end: () => undefined };
  }
  const isTerminal = terminal.rewrites && process.stderr.isTTY === true && process.env.TERM !== 'dumb';
  let last = Date.now();
  return {
    tell(message) {
      if (isTerminal) process.stderr.write(`\r\u001b[K${message.slice(0, (process.stderr.columns ?? 80) - 1)}`);
      else if (Date.now() - last >= 30_000) {
        process.stderr.write(`${message}\n`);
        last = Date.now();
      }
    },
    end() {
      if (isTerminal) process.stderr.write('\r\u001b[K');
    },
  };
}

/** A table for reading: text left, numbers right with parted thousands, totals under a line; when plain, one for the next program. */
export function textTable(table: Pick<Table, 'columns' | 'rows' | 'totals'>): string {
  if (terminal.isPlain) return plainTable(table);
  const cells = (row: readonly (string | null)[]): string[] =>
    table.columns.map((column, i) => readableCell(row[i], column));
  const head = table.columns.map((column) => column.label);
  const body = table.rows.map(cells);
  const foot = table.totals === null ? [] : [cells(table.totals)];
  const widths = head.map((label, i) => Math.max(width(label), ...[...body, ...foot].map((row) => width(row[i]))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) =>
        table.columns[i].type === 'decimal' ? pad(cell, widths[i], 'left') : pad(cell, widths[i], 'right'),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((size) => '─'.repeat(size)).join('  ');
  return [line(head), rule, ...body.map(line), ...(foot.length > 0 ? [rule, line(foot[0])] : [])].join('\n');
}

/** Ids and cells as they are, a tab between them, a row a line; totals are for the next program to make. */
function plainTable({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const line = (cells: readonly (string | null)[]): string =>
    cells.map((cell) => (cell ?? '').replaceAll(/[\t\r\n]/g, ' ')).join('\t');
  return [line(columns.map(({ id }) => id)), ...rows.map(line)].join('\n');
}

function readableCell(value: string | null, column: TableColumn): string {
  if (value === null) return column.type === 'decimal' ? '–' : '';
  if (column.type === 'boolean') return value === 'true' ? 'yes' : 'no';
  if (column.type !== 'decimal') return value;
  const scale = column.unit === 'credit' ? 1 : column.unit === 'ratio' ? 2 : column.scale;
  const text = publishedCell(value, { ...column, scale })!;
  const [whole, fraction] = text.split('.');
  const parted = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? parted : `${parted}.${fraction}`;
}

function width(text: string): number {
  return [...text].length;
}

function pad(text: string, size: number, side: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, size - width(text)));
  return side === 'left' ? space + text : text + space;
}
