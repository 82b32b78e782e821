import { parse } from 'csv-parse/sync';
import { InputError } from '../models/errors.ts';
import { nearest } from '../pipeline/nearest.ts';

/** @throws InputError `usage` unless the text is a whole number of at least `least` */
export function wholeNumberFlag(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
  throw new InputError('usage', `${flag} is ${text}; expected a whole number from ${least}`);
}

/** @throws InputError `usage` unless the text is a number between 0 and 1, both left out */
export function shareFlag(flag: string, text: string): number {
  const value = numberFlag(flag, text);
  if (value > 0 && value < 1) return value;
  throw new InputError('usage', `${flag} is ${text}; expected a share between 0 and 1, such as 0.9`);
}

/** @throws InputError `usage` unless the text is a number */
export function numberFlag(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InputError('usage', `${flag} is ${text}; expected a number`);
}

/** Names parted by commas; one that holds a comma stands in double quotes. */
export function listFlag(flag: string, text: string): string[] {
  let rows: string[][];
  try {
    rows = parse(text, { trim: true });
  } catch (cause) {
    throw new InputError('usage', `${flag} is ${text}; expected names parted by commas`, { cause });
  }
  const names = (rows[0] ?? []).filter((name) => name !== '');
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (rows.length > 1 || names.length === 0) {
    throw new InputError('usage', `${flag} is ${text}; expected names parted by commas`);
  }
  if (twice !== undefined) throw new InputError('usage', `${flag} names ${twice} twice; name each once`);
  return names;
}

/** @throws InputError `unknown_name` with the nearest of the known ones */
export function knownFlag<Name extends string>(flag: string, text: string, known: readonly Name[]): Name {
  if ((known as readonly string[]).includes(text)) return text as Name;
  const close = nearest(text, known);
  throw new InputError(
    'unknown_name',
    `${flag} is ${text}; ${close ? `did you mean ${close}?` : `known are ${known.join(', ')}`}`,
    { details: { nearest: close } },
  );
}
