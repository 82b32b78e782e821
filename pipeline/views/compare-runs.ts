import { countWords } from '../count-words.ts';
import type { Manifest } from '../publish.ts';

/** What is different between two runs, in words: changes of data and changes of method, never mixed. */
export interface RunChange {
  /** id of the earlier run; undefined when there is none */
  previous: string | undefined;
  data: string[];
  method: string[];
}

export function compareRuns(previous: Manifest | undefined, current: Manifest): RunChange {
  if (previous === undefined) return { previous: undefined, data: [], method: [] };
  return { previous: previous.run, data: dataChanges(previous, current), method: methodChanges(previous, current) };
}

function dataChanges(previous: Manifest, current: Manifest): string[] {
  const before = new Set(previous.inputs.map((input) => input.batch_id));
  const after = new Set(current.inputs.map((input) => input.batch_id));
  const added = current.inputs.filter((input) => !before.has(input.batch_id));
  const removed = previous.inputs.filter((input) => !after.has(input.batch_id));
  const changes: string[] = [];
  if (added.length > 0) changes.push(`${files(added)} came in`);
  if (removed.length > 0) changes.push(`${files(removed)} went out`);
  const period = ({ period: { from, to } }: Manifest): string => `${from ?? 'nothing'} to ${to ?? 'nothing'}`;
  if (period(previous) !== period(current))
    changes.push(`orders now cover ${period(current)}, before ${period(previous)}`);
  return changes;
}

function files(inputs: Manifest['inputs']): string {
  const rows = inputs.reduce((sum, input) => sum + input.rows, 0);
  const sources = [...new Set(inputs.map((input) => input.source))].sort();
  const named =
    sources.length > 4 ? `${sources.slice(0, 4).join(', ')} and ${sources.length - 4} more` : sources.join(', ');
  return `${countWords(inputs.length, 'file')} of ${named} (${countWords(rows, 'row')})`;
}

function methodChanges(previous: Manifest, current: Manifest): string[] {
  const changes: string[] = [];
  const changed = (name: string, before: string, after: string): void => {
    if (before !== after) changes.push(`${name} is ${after}, was ${before}`);
  };
  changed('Liftproof', previous.version, current.version);
  changed('default model', previous.default_model, current.default_model);
  changed('list of models', previous.models.join(', '), current.models.join(', '));
  changed('seed', String(previous.seed), String(current.seed));
  changed('currency', previous.currency, current.currency);
  changed('time zone', previous.time_zone, current.time_zone);
  changed('smallest group shown', String(previous.k), String(current.k));
  for (const name of Object.keys(current.windows) as (keyof Manifest['windows'])[])
    changed(name.replace('_days', ' window in days'), String(previous.windows[name]), String(current.windows[name]));
  if (previous.rules_version !== current.rules_version) changes.push('the rules of channels or campaigns changed');
  if (previous.settings_hash !== current.settings_hash && changes.length === 0)
    changes.push('a setting in liftproof.yaml changed');
  return changes;
}
