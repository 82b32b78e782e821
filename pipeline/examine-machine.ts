import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { freemem, totalmem } from 'node:os';
import { currentRun } from './current-run.ts';
import type { DoctorFinding } from './doctor.ts';
import { Warehouse } from './warehouse.ts';
import type { Workspace } from './workspace.ts';
import { lockOwner } from './workspace-lock.ts';

const GIB = 2 ** 30;
/** A write-ahead log larger than this was never folded into the warehouse. */
const LARGE_WAL = 2 ** 30;
/** Port that `serve` takes unless it is told another. */
const PORT = 8787;

/** Looks over what a workspace stands on: DuckDB, memory, calendars, the clock, the write-ahead log, the port of the server. */
export async function examineMachine(workspace: Workspace, now: Date = new Date()): Promise<DoctorFinding[]> {
  const database = await Warehouse.open(':memory:');
  try {
    return [
      { check: 'duckdb', state: 'ok', finding: `DuckDB ${await database.value<string>('select version()')}` },
      memory(workspace),
      await zoneData(database, workspace.config.reporting.time_zone, now),
      clock(workspace, now),
      writeAheadLog(workspace),
      await port(),
    ];
  } finally {
    database.close();
  }
}

function memory({ config }: Workspace): DoctorFinding {
  const limit = Math.min(totalmem() * 0.5, config.limits.memory_bytes);
  const isShort = freemem() < limit / 4;
  return {
    check: 'memory',
    state: isShort ? 'warn' : 'ok',
    finding: `DuckDB may take ${(limit / GIB).toFixed(1)} GiB of ${(totalmem() / GIB).toFixed(1)}; ${(freemem() / GIB).toFixed(1)} are free`,
    ...(isShort ? { advice: 'end what else runs here, or lower limits.memory_bytes: a run would swap' } : {}),
  };
}

/** DuckDB and Node bring calendars of their own: days of reports and days of the shell must be the same. */
async function zoneData(database: Warehouse, zone: string, now: Date): Promise<DoctorFinding> {
  const year = now.getUTCFullYear();
  const instants = Array.from({ length: 24 }, (_, i) => new Date(Date.UTC(year, i, 15, 12)));
  const other: string[] = [];
  for (const instant of instants) {
    const told = await database.value<string>(
      `select strftime(timezone($zone, cast($instant as timestamptz)), '%Y-%m-%d %H:%M')`,
      { zone, instant: instant.toISOString() },
    );
    // sv-SE writes dates as ISO does
    const own = instant.toLocaleString('sv-SE', { timeZone: zone, hour12: false }).slice(0, 16);
    if (told !== own) other.push(`${instant.toISOString().slice(0, 10)}: ${told} and ${own}`);
  }
  return other.length === 0
    ? { check: 'time zone data', state: 'ok', finding: `${zone}: DuckDB and Node agree through ${year + 1}` }
    : {
        check: 'time zone data',
        state: 'bad',
        finding: `${zone}: DuckDB and Node disagree (${other[0]})`,
        advice: 'update Node: one of the two has old rules of this zone',
      };
}

function clock({ paths }: Workspace, now: Date): DoctorFinding {
  const made = currentRun(paths)?.made_at;
  const isBehind = made !== undefined && Date.parse(made) > now.getTime() + 60_000;
  return {
    check: 'clock',
    state: isBehind ? 'bad' : 'ok',
    finding: isBehind
      ? `it is ${now.toISOString()} here, and the published run was made at ${made}`
      : now.toISOString(),
    ...(isBehind ? { advice: 'set the clock: periods, keys and schedules go by it' } : {}),
  };
}

function writeAheadLog({ paths }: Workspace): DoctorFinding {
  const path = `${paths.warehouse}.wal`;
  if (!existsSync(path)) return { check: 'write-ahead log', state: 'ok', finding: 'none: all is in the warehouse' };
  const { size, mtime } = statSync(path);
  const owner = lockOwner(paths.lock);
  const isLarge = size > LARGE_WAL && owner === undefined;
  return {
    check: 'write-ahead log',
    state: isLarge ? 'warn' : 'ok',
    finding: `${(size / 2 ** 20).toFixed(1)} MiB, last written ${mtime.toISOString()}${owner === undefined ? '' : ` by process ${owner.pid}`}`,
    ...(isLarge ? { advice: 'the next command that opens the warehouse folds it in; keep as much disk free' } : {}),
  };
}

async function port(): Promise<DoctorFinding> {
  const isFree = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(PORT, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  return {
    check: 'port',
    state: 'ok',
    finding: isFree ? `${PORT} is free for "liftproof serve"` : `${PORT} is taken: by this server, or give --port`,
  };
}
