import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { InputError } from '../models/errors.ts';
import type { MixSpec } from '../models/mix/index.ts';
import { driverFields, modelFields, specOf } from './mix-schema.ts';
import { nearest } from './nearest.ts';
import { readYaml } from './read-yaml.ts';

const mixSchema = z.strictObject({
  /** columns of the weekly file */
  period: z.string().default('week'),
  geo: z.string().optional(),
  outcome: z.string(),
  drivers: z
    .array(z.strictObject({ ...driverFields, column: z.string().optional(), spend_column: z.string().optional() }))
    .min(1),
  ...modelFields,
});

/** What a `mix.yaml` says: which column is what, and the model. */
export interface MixConfig {
  path: string;
  period: string;
  geo: string | undefined;
  outcome: string;
  spec: MixSpec;
  /** columns the drivers read, and who asks for each: `mix.yaml:7: drivers.instagram.column` */
  exposures: readonly { column: string; asked: string }[];
  lineOf(path: readonly PropertyKey[]): number;
}

/** @throws InputError `not_found`, `bad_config` naming line, key, what was expected and the nearest valid name */
export function readMixConfig(path: string): MixConfig {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError('not_found', `${path}: cannot be read; name the file with the drivers`, { cause });
  }
  return parseMixConfig(text, path);
}

/** Parses the text of a `mix.yaml`. `path` only names it in messages. */
export function parseMixConfig(text: string, path: string): MixConfig {
  const { value, lineOf } = readYaml(text, path, mixSchema);
  value.drivers.forEach(({ name }, i) => {
    if (value.drivers.findIndex((other) => other.name === name) === i) return;
    const line = lineOf(['drivers', i, 'name']);
    throw new InputError('bad_config', `${path}:${line}: driver ${name} stands twice; give each its own name`, {
      details: { line },
    });
  });
  const names = value.drivers.map(({ name }) => name);
  value.experiments?.forEach(({ drivers }, i) => {
    const unknown = drivers.findIndex((name) => !names.includes(name));
    if (unknown < 0) return;
    const line = lineOf(['experiments', i, 'drivers', unknown]);
    const close = nearest(drivers[unknown], names);
    throw new InputError(
      'bad_config',
      `${path}:${line}: experiments.${i}.drivers names ${drivers[unknown]}, which is no driver; ${close ? `did you mean ${close}?` : `known are ${names.join(', ')}`}`,
      { details: { line, nearest: close } },
    );
  });
  const exposures = value.drivers.flatMap(({ name, column, spend_column }, i) => {
    const asked = (key: string): string => `${path}:${lineOf(['drivers', i, key])}: ${key} of driver ${name}`;
    return [
      { column: column ?? name, asked: asked(column === undefined ? 'name' : 'column') },
      ...(spend_column === undefined ? [] : [{ column: spend_column, asked: asked('spend_column') }]),
    ];
  });
  const { period, geo, outcome, drivers, ...model } = value;
  return { path, period, geo, outcome, spec: specOf(drivers, model), exposures, lineOf };
}
