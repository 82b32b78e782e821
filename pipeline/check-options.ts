import { InputError } from '../models/errors.ts';
import { sourceSchema } from './config.ts';
import type { SourceOption } from './sources/source.ts';

/** What each option of a file may be, in words; one that is absent takes any text. */
const EXPECTED: Readonly<Partial<Record<SourceOption, string>>> = {
  time_zone: 'an IANA time zone such as Europe/Paris',
  currency: 'an ISO 4217 currency code such as EUR',
  decimal_mark: '. or ,',
  date_order: 'mdy or dmy',
  year: 'a year from 2000 to 2100',
  consent: 'granted or unknown',
  orders: 'true or false',
  period: 'lifetime',
};

/**
 * Options said for a file are held to what `sources` in liftproof.yaml takes, before anything lands.
 *
 * @throws InputError `bad_parameter` naming the option, what was got and what was expected
 */
export function checkOptions(said: Readonly<Partial<Record<SourceOption, string>>>): void {
  for (const [option, expected] of Object.entries(EXPECTED) as [SourceOption, string][]) {
    const text = said[option];
    if (text === undefined || sourceSchema.shape[option].safeParse(yamlValue(option, text)).success) continue;
    throw new InputError('bad_parameter', `${option.replace('_', ' ')} is ${text}; expected ${expected}`, {
      details: { option, value: text },
    });
  }
}

/** The text of a flag as YAML would have read it. */
function yamlValue(option: SourceOption, text: string): unknown {
  if (option === 'year') return /^\d+$/.test(text) ? Number(text) : text;
  if (option === 'orders') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
