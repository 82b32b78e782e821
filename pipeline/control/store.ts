import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExtractTablesWithRelations } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { InputError } from '../../models/errors.ts';
import * as schema from './schema.ts';

/** What store functions take: the database, or a transaction of it. */
export type ControlDatabase = PgDatabase<
  NodePgQueryResultHKT,
  typeof schema,
  ExtractTablesWithRelations<typeof schema>
>;

/** An open control store. Close it. */
export interface ControlStore {
  url: string;
  db: ControlDatabase;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** Whoever migrates holds this lock, so that two servers that start at once do it one after the other. */
const MIGRATION_LOCK = 7_061_971;

/**
 * Connects to the PostgreSQL of the control store and brings its tables up to date.
 *
 * @param url  as in `DATABASE_URL`
 * @throws InputError `not_found` when no server answers there, `not_allowed` when it refuses the user
 */
export async function openControlStore(
  url: string,
  options: { maxConnections?: number; migrate?: boolean } = {},
): Promise<ControlStore> {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 10_000,
    application_name: 'liftproof',
  });
  // a connection that breaks while it is idle is replaced by the next query; unheard it would end the process
  pool.on('error', () => undefined);
  const db = drizzle(pool, { schema });
  try {
    if (options.migrate === false) await checkMigrated(pool);
    else await migrateStore(pool);
  } catch (cause) {
    await pool.end();
    throw storeError(cause);
  }
  return { url, db, pool, close: () => pool.end() };
}

/**
 * A transaction that others than drizzle can write in: `executeSql` speaks to the same connection.
 */
export async function withTransaction<T>(
  store: ControlStore,
  work: (
    db: ControlDatabase,
    executeSql: (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>,
  ) => Promise<T>,
): Promise<T> {
  const client = await store.pool.connect();
  try {
    await client.query('begin');
    const done = await work(drizzle(client, { schema }), (text, values) => client.query(text, values));
    await client.query('commit');
    return done;
  } catch (cause) {
    await client.query('rollback').catch(() => undefined);
    throw cause;
  } finally {
    client.release();
  }
}

async function migrateStore(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query('set client_min_messages to warning');
    await migrate(drizzle(client), { migrationsFolder: migrationsFolder(), migrationsSchema: 'liftproof' });
    await client.query('reset client_min_messages');
  } finally {
    // also gives the lock back when a migration broke
    client.release(true);
  }
}

/** @throws InputError `not_found` for tables that are missing, or of an earlier version */
async function checkMigrated(pool: pg.Pool): Promise<void> {
  const wanted = readMigrationFiles({ migrationsFolder: migrationsFolder() }).at(-1)!.folderMillis;
  const { rows } = await pool
    .query('select max(created_at) as newest from liftproof.__drizzle_migrations')
    .catch((cause: { code?: string }) => {
      // no such schema, no such table
      if (cause.code === '3F000' || cause.code === '42P01') return { rows: [{ newest: null }] };
      throw cause;
    });
  if (Number(rows[0].newest ?? 0) >= wanted) return;
  throw new InputError(
    'not_found',
    'the control store lacks tables of this version; start "liftproof serve" without --read-only once, which brings it up to date',
  );
}

/** A checkout has the migrations beside this file, a package has them beside its dist/. */
function migrationsFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const folder of [join(here, 'migrations'), join(here, '..', '..', '..', 'pipeline', 'control', 'migrations')]) {
    try {
      readdirSync(folder);
      return folder;
    } catch {}
  }
  throw new InputError('damaged', 'the migrations of the control store are missing; reinstall liftproof');
}

function storeError(cause: unknown): unknown {
  const { code } = cause as { code?: string };
  if (['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'ENOENT'].includes(code ?? ''))
    return new InputError('not_found', 'no PostgreSQL answers at DATABASE_URL; start it, or correct the address', {
      cause,
    });
  if (code === '28P01' || code === '28000')
    return new InputError('not_allowed', 'PostgreSQL refuses the user or the password in DATABASE_URL', { cause });
  if (code === '3D000')
    return new InputError('not_found', 'PostgreSQL has no database of the name in DATABASE_URL', { cause });
  return cause;
}
