import { InputError } from '../models/errors.ts';
import type { SourceConfig } from './config.ts';
import { inferMarks } from './infer-marks.ts';
import type { Recognised } from './recognise.ts';
import { isMapping, mappingKind } from './sources/mapping.ts';
import type { SourceKind, SourceOption } from './sources/source.ts';

type Given = Readonly<Partial<Record<SourceOption, string>>>;

/** The configured source that the file belongs to: the one named, the only one of its kind, or one named as the kind. */
export function sourceOf(
  sources: readonly SourceConfig[],
  kind: SourceKind,
  options: { name: string; source?: string },
): SourceConfig {
  if (options.source !== undefined) {
    const named = sources.find((source) => source.id === options.source);
    return named ?? { id: options.source };
  }
  const exact = sources.filter((source) => {
    // a mapping is a source of its own, and of no other kind of file
    if (source.columns !== undefined || isMapping(kind)) return kind.kind === mappingKind(source);
    return source.kind === kind.kind || source.id === kind.kind;
  });
  // a source that names only its platform takes the kinds that no other source claims
  const fitting =
    exact.length > 0 || isMapping(kind)
      ? exact
      : sources.filter(
          (source) => source.columns === undefined && source.kind === undefined && source.platform === kind.platform,
        );
  if (fitting.length > 1) {
    throw new InputError(
      'bad_input',
      `${options.name}: ${fitting.map((source) => source.id).join(' and ')} could both have sent it; say which with --source`,
    );
  }
  return fitting[0] ?? { id: kind.kind };
}

const OPTION_KEYS = [
  'time_zone',
  'currency',
  'account',
  'date_order',
  'decimal_mark',
  'shop',
  'year',
  'consent',
  'orders',
  'action_type',
  'period',
] as const satisfies readonly SourceOption[];
const NO_OPTIONS: Readonly<Record<SourceOption, null>> = {
  time_zone: null,
  currency: null,
  account: null,
  date_order: null,
  decimal_mark: null,
  shop: null,
  year: null,
  consent: null,
  orders: null,
  action_type: null,
  period: null,
};

/** The options of a file: those said for it, else those of its source. */
export function givenOptions(source: SourceConfig, said: Given | undefined): Record<string, string> {
  const out: Record<string, string> = {};
  for (const key of OPTION_KEYS) {
    const value = said?.[key] ?? source[key];
    if (value !== undefined) out[key] = String(value);
  }
  return out;
}

/** What `sql/read` may bind of a file itself: every option, given or null, and what its header and cells say. */
export function fileParameters(recognised: Recognised, given: Given): Record<string, string | null> {
  return { ...NO_OPTIONS, ...inferMarks(recognised), ...headerCaptures(recognised), ...given };
}

/** What headers say, as `$<column>_header`: `Amount spent (GBP)` says GBP. Null where the file's header says nothing. */
function headerCaptures(recognised: Recognised): Record<string, string | null> {
  if (recognised.type !== 'csv' || recognised.kind.format.type !== 'csv') return {};
  return Object.fromEntries(
    Object.entries(recognised.kind.format.columns)
      .filter(([, headers]) => headers.some((header) => header instanceof RegExp))
      .map(([column]) => [`${column}_header`, recognised.captures[column] ?? null]),
  );
}

/** What was assumed for want of an option, in words, for the receipt. */
export function assumptions(kind: SourceKind, parameters: Readonly<Record<string, string | null>>): string[] {
  return Object.entries(kind.assumes ?? {})
    .filter(([option]) => parameters[option] === null)
    .map(([option, assumed]) => `${option.replace('_', ' ')} not given: ${assumed}`);
}

/** @throws InputError `bad_input` when an option that the kind cannot do without is not known */
export function requireOptions(kind: SourceKind, given: Readonly<Record<string, string>>, name: string): void {
  const missing = (kind.needs ?? []).filter((option) => !(option in given));
  if (missing.length === 0) return;
  throw new InputError(
    'bad_input',
    `${name}: ${kind.title} does not say its ${missing.map((option) => option.replace('_', ' ')).join(' and ')}; give ${missing.map((option) => `--${option.replace('_', '-')}`).join(' ')} or set it for a source of kind ${kind.kind} in liftproof.yaml`,
    { details: { missing } },
  );
}
