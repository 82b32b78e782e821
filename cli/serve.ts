import { userInfo } from 'node:os';
import { serverLog } from '../api/log.ts';
import { isLoopback, startServer } from '../api/server.ts';
import { InputError } from '../models/errors.ts';
import { appendAudit } from '../pipeline/control/audit.ts';
import { createKey, EVERY_WORKSPACE, listKeys, type NewKey, revokeKeysNamed } from '../pipeline/control/keys.ts';
import { type Control, openControl } from '../pipeline/control/open-control.ts';
import { currentRunName } from '../pipeline/current-run.ts';
import { findWorkspaces } from '../pipeline/find-workspaces.ts';
import type { Workspace } from '../pipeline/workspace.ts';
import { type GlobalOptions, printJson, say } from './terminal.ts';

export interface ServeCommandOptions extends GlobalOptions {
  port?: string;
  host?: string;
  /** folder of the server's own files */
  home?: string;
  /** where /metrics is served, on this machine only */
  metricsPort?: string;
  logLevel?: string;
  /** directories of workspaces, or of folders that hold some; `-w` when absent */
  workspaces?: readonly string[];
  /** no jobs, no changes: a further server of what another one keeps */
  readOnly?: boolean;
  /** `--no-key`: only the keys that exist already */
  key?: boolean;
  /** ends every key that an earlier start made */
  revokeKeys?: boolean;
  /** told the address when requests are answered */
  whenReady?: (url: string) => void;
}

const DEFAULT_PORT = 8787;
const KEY_DAYS = 30;

/** Serves the published runs over HTTP until SIGTERM or SIGINT. Never opens the warehouse. */
export async function serveCommand(options: ServeCommandOptions): Promise<void> {
  const { workspaces = [] } = options;
  const [workspace, ...others] = findWorkspaces(workspaces.length === 0 ? [options.workspace] : workspaces);
  if (others.length > 0) needsHome(options);
  if (options.readOnly && options.revokeKeys)
    throw new InputError('usage', '--revoke-keys changes keys, and --read-only nothing; leave one of them out');
  const stopped = stopSignal();
  const control = await openControl({
    workspace: workspace.directory,
    home: options.home,
    isReadOnly: options.readOnly,
  });
  try {
    const server = await startServer({
      ...{ workspace, others, control, isReadOnly: options.readOnly },
      host: options.host,
      port: portOf(options.port),
      allowRemote: options.host !== undefined,
      metricsPort: options.metricsPort === undefined ? undefined : portOf(options.metricsPort),
      log: serverLog(levelOf(options.logLevel)),
    });
    try {
      const served = [workspace, ...others];
      const made = await keyOfStart(
        control,
        others.length === 0 ? workspace.config.workspace : EVERY_WORKSPACE,
        options,
      );
      announce(options, server.url, served, made);
      options.whenReady?.(server.url);
      await stopped;
      say(options, 'stopping: requests that are under way end first');
    } finally {
      await server.close();
    }
  } finally {
    await control.close();
  }
}

/** @throws InputError `usage` */
function needsHome({ home }: ServeCommandOptions): void {
  if (home !== undefined || process.env.LIFTPROOF_HOME) return;
  throw new InputError(
    'usage',
    'several workspaces share one control store; name its folder with --home, or with LIFTPROOF_HOME, which other commands then find too',
  );
}

/** @throws InputError `usage` when there would be no key at all */
async function keyOfStart(
  { db, pepper }: Control,
  workspace: string,
  options: ServeCommandOptions,
): Promise<NewKey | undefined> {
  if (options.readOnly) return undefined;
  const now = new Date();
  const trace = { workspace, at: now, actor: `shell:${userInfo().username}` };
  if (options.revokeKeys) {
    const ended = await db.transaction(async (transaction) => {
      const count = await revokeKeysNamed(transaction, workspace, 'serve', now);
      await appendAudit(transaction, { ...trace, action: 'key.revoke', object: 'key/serve', details: { count } });
      return count;
    });
    say(options, `${ended} keys of earlier starts end now`);
  }
  if (options.key === false) {
    if ((await listKeys(db, workspace)).every((key) => key.expiresAt <= now || key.revokedAt !== null))
      throw new InputError('usage', 'there is no key yet; leave out --no-key, or make one with "liftproof key create"');
    return undefined;
  }
  return db.transaction(async (transaction) => {
    const made = await createKey(transaction, pepper, workspace, { name: 'serve', role: 'owner', days: KEY_DAYS }, now);
    await appendAudit(transaction, { ...trace, action: 'key.create', object: `key/${made.key.id}` });
    return made;
  });
}

/** The key is shown here and never again: only its hash is kept. */
function announce(
  options: ServeCommandOptions,
  url: string,
  served: readonly Workspace[],
  made: NewKey | undefined,
): void {
  if (options.host !== undefined && !isLoopback(options.host)) {
    process.stderr.write(
      `warning: ${options.host} can be reached from other machines, and without TLS keys travel in the clear; put a proxy with TLS in front\n`,
    );
  }
  const workspaces = served.map(({ config, paths }) => ({
    workspace: config.workspace,
    run: currentRunName(paths) ?? null,
  }));
  const [first] = workspaces;
  if (options.json) {
    const key =
      made === undefined
        ? null
        : {
            id: made.key.id,
            token: made.token,
            role: made.key.role,
            scopes: made.key.scopes,
            expires_at: made.key.expiresAt,
          };
    printJson({ schema_version: 1, url, ...(served.length === 1 ? first : { workspaces }), key });
    return;
  }
  const lines = [
    ...workspaces.map(
      ({ workspace, run }) =>
        `Serving ${workspace}${run === null ? ' (nothing published yet; run "liftproof run")' : `, ${run}`} at ${url}`,
    ),
    ...(made === undefined
      ? []
      : [
          `Key${served.length === 1 ? '' : ' to all of them'}, shown once, valid until ${made.key.expiresAt.toISOString().slice(0, 10)}: ${made.token}`,
        ]),
    `Dashboard: open ${url}/ in a browser and sign in with the key.`,
    `Try: curl -H "Authorization: Bearer $KEY" ${url}/v1/w/${first.workspace}/catalog`,
    `Everything that can be asked: ${url}/openapi.json. Ctrl-C stops.`,
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];

/** On a terminal only what is wrong, elsewhere every answer too. */
function levelOf(text: string | undefined): string {
  if (text === undefined) return process.stderr.isTTY ? 'warn' : 'info';
  if (!LEVELS.includes(text)) throw new InputError('usage', `--log-level is ${text}; expected ${LEVELS.join(', ')}`);
  return text;
}

function portOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InputError('usage', `--port is ${text}; expected a number from 0 to 65535 (0 takes any free port)`);
  return port;
}

/** The first signal stops cleanly, a second one at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = 0;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (++asked > 1) process.exit(130);
        resolve();
      });
    }
  });
}
