import { basename, resolve } from 'node:path';
import { InputError } from '../models/errors.ts';
import { parseConfig } from '../pipeline/config.ts';
import { configTemplate, TEMPLATES } from '../pipeline/config-template.ts';
import { makeWorkspace } from '../pipeline/make-workspace.ts';
import { ask, type Question } from './ask.ts';
import { knownFlag } from './flags.ts';
import { type GlobalOptions, print, printJson, say } from './terminal.ts';

interface InitOptions extends GlobalOptions {
  template?: string;
  timeZone?: string;
  currency?: string;
  consent?: string;
  shop?: string;
  yes?: boolean;
  dryRun?: boolean;
}

/** Makes a workspace folder with a commented liftproof.yaml, asking what no flag said. Nothing that exists is overwritten. */
export async function initCommand(directory: string, options: InitOptions): Promise<void> {
  const full = resolve(directory);
  const template = knownFlag('--template', options.template ?? 'shopify', TEMPLATES);
  if (options.consent !== undefined && options.consent !== 'granted' && options.consent !== 'unknown')
    throw new InputError('usage', `--consent is ${options.consent}; expected granted or unknown`);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC';
  const asked: [keyof InitOptions, Question][] = [
    ['timeZone', { words: 'Time zone of the reports', fallback: zone }],
    ['currency', { words: 'Currency of the reports', fallback: 'EUR' }],
    [
      'consent',
      {
        words: 'Orders carry no consent of their own. May they be linked to persons, on a legal basis that you have?',
        fallback: 'unknown',
        choices: ['granted', 'unknown'],
      },
    ],
  ];
  const open = asked.filter(([key]) => options[key] === undefined);
  const answers = await ask(
    open.map(([, question]) => question),
    options.yes ?? false,
  );
  const given = { ...options, ...Object.fromEntries(open.map(([key], i) => [key, answers[i]])) };
  const text = configTemplate({
    workspace: basename(full).replace(/[^A-Za-z0-9_.-]/g, '-') || 'workspace',
    template,
    timeZone: given.timeZone!,
    currency: given.currency!,
    consent: given.consent!,
    shop: options.shop ?? 'shop',
  });
  if (options.dryRun) {
    parseConfig(text, 'liftproof.yaml');
    print(text.trimEnd());
    say(options, `Nothing was made: this would be ${full}/liftproof.yaml`);
    return;
  }
  const paths = makeWorkspace(directory, text);
  if (options.json) printJson({ schema_version: 1, workspace: full, config: paths.config });
  else print(`Made the workspace ${full}`);
  if (given.consent === 'unknown') {
    say(
      options,
      'Consent of the shop export is set to unknown: its orders will not be linked to persons. Set consent: granted with its legal basis in liftproof.yaml if you have it.',
    );
  }
  say(options, `Next: read ${paths.config}, then liftproof ingest <files> --workspace ${directory}`);
}
