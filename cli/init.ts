import { basename, resolve } from 'node:path';
import { InputError } from '../models/errors.ts';
import { configTemplate } from '../pipeline/config-template.ts';
import { makeWorkspace } from '../pipeline/make-workspace.ts';
import { type GlobalOptions, print, printJson, say } from './terminal.ts';

interface InitOptions extends GlobalOptions {
  timeZone?: string;
  currency?: string;
  consent?: string;
  shop?: string;
}

/** Makes a workspace folder with a commented liftproof.yaml. Nothing that exists is overwritten. */
export async function initCommand(directory: string, options: InitOptions): Promise<void> {
  const full = resolve(directory);
  const consent = options.consent ?? 'unknown';
  if (consent !== 'granted' && consent !== 'unknown')
    throw new InputError('usage', `--consent is ${consent}; expected granted or unknown`);
  const text = configTemplate({
    workspace: basename(full).replace(/[^A-Za-z0-9_.-]/g, '-') || 'workspace',
    timeZone: options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC',
    currency: options.currency ?? 'EUR',
    consent,
    shop: options.shop ?? 'shop',
  });
  const paths = makeWorkspace(directory, text);
  if (options.json) printJson({ schema_version: 1, workspace: full, config: paths.config });
  else print(`Made the workspace ${full}`);
  if (consent === 'unknown') {
    say(
      options,
      'Consent of the shop export is set to unknown: its orders will not be linked to persons. Set consent: granted with its legal basis in liftproof.yaml if you have it.',
    );
  }
  say(options, `Next: read ${paths.config}, then liftproof ingest <files> --workspace ${directory}`);
}
