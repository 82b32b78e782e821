import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../models/errors.ts';
import { parseConfig } from './config.ts';
import { type WorkspacePaths, workspacePaths, writePersonSecret } from './workspace.ts';

/**
 * Makes a workspace folder around a configuration. Nothing that exists is overwritten.
 *
 * @param configText    of liftproof.yaml; refused before anything is made when it is wrong
 * @param personSecret  32 bytes; drawn when absent
 * @throws InputError `bad_input` when the folder holds a workspace, `bad_config`
 */
export function makeWorkspace(directory: string, configText: string, personSecret?: Uint8Array): WorkspacePaths {
  const full = resolve(directory);
  const paths = workspacePaths(full);
  if (existsSync(paths.config))
    throw new InputError('bad_input', `${paths.config} exists; edit it, or choose another folder`);
  parseConfig(configText, paths.config);
  for (const folder of [full, paths.landing, paths.results]) mkdirSync(folder, { recursive: true });
  writeFileSync(paths.config, configText, { flag: 'wx' });
  if (!existsSync(paths.secret)) writePersonSecret(paths.secret, personSecret);
  writeFileSync(join(full, '.gitignore'), 'secret/\nlanding/\nwarehouse.duckdb*\nspill/\n', { flag: 'a' });
  return paths;
}
