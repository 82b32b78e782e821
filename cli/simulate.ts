import { InputError } from '../models/errors.ts';
import { writeMarket } from '../pipeline/write-market.ts';
import { type GlobalOptions, print, printJson, say } from './terminal.ts';

interface SimulateOptions extends GlobalOptions {
  out: string;
  seed?: string;
  persons?: string;
  days?: string;
  effect?: string;
  confounding?: string;
  boycott?: string;
}

/** Writes a market with known truth: the platforms' exports, panels, and truth.json. */
export function simulateCommand(options: SimulateOptions): void {
  const number = (flag: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!Number.isFinite(value)) throw new InputError('usage', `--${flag} is ${text}; expected a number`);
    return value;
  };
  const given = {
    seed: number('seed', options.seed) ?? 1,
    persons: number('persons', options.persons) ?? 4000,
    days: number('days', options.days) ?? 90,
    effect: number('effect', options.effect),
    confounding: number('confounding', options.confounding),
    boycott: number('boycott', options.boycott),
  };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as typeof given;
  const { market, files } = writeMarket(options.out, known as Parameters<typeof writeMarket>[1]);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (options.json) printJson({ schema_version: 1, out: options.out, files, orders: market.orders.length });
  else
    print(
      `${files.length} files, ${(bytes / 2 ** 20).toFixed(1)} MiB, ${market.orders.length} orders in ${options.out}; what is true stands in truth.json`,
    );
  say(options, 'Next: liftproof init a workspace, copy campaigns.yaml into its liftproof.yaml, and ingest exports/*');
}
