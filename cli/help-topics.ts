import type { Command } from 'commander';
import { InputError } from '../models/errors.ts';
import { nearest } from '../pipeline/nearest.ts';
import { print } from './terminal.ts';

const TOPICS: Readonly<Record<string, string>> = {
  'exit-codes': `Exit codes

  0    ok
  1    a bug of ours: please report it with what was printed
  2    usage: a flag, a name or a setting that is not known
  3    data rejected, a check failed, or too few data for what was asked
  4    not found, or nothing was published yet
  5    locked: another process has the warehouse, or the period is locked
  6    a model did not converge; the rest is published
  7    the books do not reconcile
  8    partly done: some files were refused, the disk is full, or the workspace is damaged
  9    not allowed
  10   timeout
  130  interrupted by Ctrl-C (143: asked to stop): nothing is half done, run the same command again`,
  environment: `Environment

  LIFTPROOF_WORKSPACE  workspace folder where --workspace is absent
  LIFTPROOF_HOME       folder of the server's own files where --home is absent
  LIFTPROOF_KEY        key of the API that "period" acts with, where the workspace has members
  LIFTPROOF_PEPPER     what keys are hashed with, where several servers share one control store
  LIFTPROOF_BACKUPS    folder that backups over HTTP are put into
  DATABASE_URL         PostgreSQL of the control store; without it the server starts one of its own under --home
  TERM=dumb            no line that rewrites itself; output is never coloured, so NO_COLOR changes nothing

A flag wins over the environment, the environment over liftproof.yaml, and that over the defaults. Secrets are never flags: they come by the
environment, on standard input, or in a file that only you may read. A variable that holds the person key is named in
liftproof.yaml (privacy.person_key_env).`,
  formats: `Formats of "liftproof report --format"

  table    for reading; --plain: tab-separated, numbers as they are
  json     one document: schema_version, data, totals, meta
  ndjson   a row a line; the first line says what they are, the last one how many
  csv      RFC 4180, UTF-8; cells that a spreadsheet would take for a formula are guarded
  arrow    an Arrow IPC stream        parquet  a Parquet file        xlsx  a workbook

--json before or after any command makes its result one JSON document with schema_version. Results go to standard output, messages and
progress to standard error. Money is a decimal text in JSON, never a binary fraction.`,
  workflow: `From files to an answer

  liftproof init acme                      a folder with a commented liftproof.yaml
  liftproof ingest exports/* -w acme       land and load; each file gets a receipt that adds up
  liftproof run -w acme                    build, attribute, measure studies, fit the mix, check, publish
  liftproof answer -w acme                 did it sell? in words and numbers
  liftproof report channels -w acme        or any other report; "liftproof report" lists them
  liftproof plan posting ...               the test that would settle it
  liftproof serve -w acme                  the dashboard and the API

liftproof demo shows all of it on a sample brand whose truth is known.`,
};

/**
 * Help on a command (`help model lift`) or a topic (`help exit-codes`); on the program where nothing is named.
 *
 * @throws InputError `unknown_name` with the nearest
 */
export function helpCommand(program: Command, words: readonly string[]): void {
  const topic = words.length === 1 ? TOPICS[words[0]] : undefined;
  if (topic !== undefined) {
    print(topic);
    return;
  }
  let at = program;
  for (const word of words) {
    const below = at.commands.find((command) => command.name() === word);
    if (below === undefined) {
      const known = [...at.commands.map((command) => command.name()), ...(at === program ? Object.keys(TOPICS) : [])];
      const close = nearest(word, known);
      throw new InputError(
        'unknown_name',
        `help ${words.join(' ')}: ${word} is no command or topic; ${close ? `did you mean ${close}?` : `known are ${known.join(', ')}`}`,
      );
    }
    at = below;
  }
  print(at.helpInformation().trimEnd());
  if (at === program) print(`\nTopics: ${Object.keys(TOPICS).join(', ')}. Try "liftproof help workflow".`);
}
