import type { Command } from 'commander';
import { allOptions as all } from './all-options.ts';

/** The server and the keys of its API. */
export function addServingCommands(program: Command): void {
  program
    .command('serve')
    .argument('[workspaces...]', 'workspaces, or a folder that holds some; the one of -w when absent')
    .description('answer over HTTP until Ctrl-C; the key is shown once')
    .option('--port <port>', 'default 8787; 0 takes any free one')
    .option('--host <host>', 'address to bind; 127.0.0.1 when absent')
    .option('--home <dir>', "folder of the server's own files; server/ of the workspace when absent")
    .option('--metrics-port <port>', 'serve /metrics there, on this machine only')
    .option('--log-level <level>', 'debug, info, warn, error, silent; warn on a terminal, else info')
    .option('--read-only', 'no jobs and no changes: a further server of the same folders and control store')
    .option('--no-key', 'make no key at the start: only those that exist')
    .option('--revoke-keys', 'end the keys of earlier starts')
    .action(async (workspaces: string[], _options, command) =>
      (await import('../serve.ts')).serveCommand({ ...all(command), workspaces }),
    );

  const key = program.command('key').description('keys of the API');

  key
    .command('create')
    .description('make a key; it is shown once')
    .option('--name <name>', 'what it is for', 'shell')
    .option('--role <role>', 'owner, admin, analyst, marketer, finance, client, ingest; default client')
    .option('--scope <scopes>', 'fewer than those of the role, parted by commas')
    .option('--expires <days>', 'such as 30d; 90d for keys that change something, else 365d')
    .option('--ip <addresses>', 'addresses or ranges it may be used from, parted by commas')
    .option('--every-workspace', 'a key that opens every workspace of the server')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (_options, command) => (await import('../key.ts')).keyCreateCommand(all(command)));

  key
    .command('list')
    .description('every key, ended ones included; never their secrets')
    .option('--every-workspace', 'a key that opens every workspace of the server')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (_options, command) => (await import('../key.ts')).keyListCommand(all(command)));

  key
    .command('rotate')
    .argument('<id>', 'of the key, as "liftproof key list" shows it')
    .description('a new key of the same rights; the old one holds for another 24 hours')
    .option('--every-workspace', 'a key that opens every workspace of the server')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (id: string, _options, command) => (await import('../key.ts')).keyRotateCommand(id, all(command)));

  key
    .command('revoke')
    .argument('<id>', 'of the key, as "liftproof key list" shows it')
    .description('end a key now')
    .option('--every-workspace', 'a key that opens every workspace of the server')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (id: string, _options, command) => (await import('../key.ts')).keyRevokeCommand(id, all(command)));
}
