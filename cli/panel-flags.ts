import { InputError } from '../models/errors.ts';
import type { Panel, Treatment } from '../models/panel.ts';
import { isBefore, readPanel } from '../pipeline/read-panel.ts';
import { knownFlag, listFlag } from './flags.ts';

/** How a command is told where units, periods and outcome stand in a long file. */
export interface PanelFlags {
  unit: string;
  period: string;
  outcome: string;
}

export interface TreatmentFlags extends PanelFlags {
  treatedUnits: string;
  start: string;
  end?: string;
  covariates?: string;
}

/** Reads the file and says who was treated when. */
export function treatedPanel(file: string, flags: TreatmentFlags): { panel: Panel; treatment: Treatment } {
  const { unit, period, outcome, end } = flags;
  const covariates = flags.covariates === undefined ? [] : listFlag('--covariates', flags.covariates);
  const panel = readPanel(file, { unit, period, outcome, covariates }, end);
  const treated = listFlag('--treated-units', flags.treatedUnits);
  for (const name of treated) knownFlag('--treated-units', name, panel.units);
  const starts = flags.start.split(',').map((label) => label.trim());
  if (starts.length !== 1 && starts.length !== treated.length) {
    throw new InputError(
      'usage',
      `--start names ${starts.length} periods for ${treated.length} treated units; give one for all, or one for each in order`,
    );
  }
  const firstTreated = new Map(
    treated.map((name, i) => [name, periodIndex('--start', starts[starts.length === 1 ? 0 : i], panel)]),
  );
  return { panel, treatment: { firstTreated, end: end === undefined ? undefined : endIndex(end, panel) } };
}

function periodIndex(flag: string, label: string, { periods }: Panel): number {
  const at = periods.indexOf(label);
  if (at >= 0) return at;
  const after = periods.findIndex((period) => isBefore(label, period));
  const around = after < 0 ? periods.slice(-1) : periods.slice(Math.max(0, after - 1), after + 1);
  throw new InputError(
    'unknown_name',
    `${flag} is ${label}, which is no period of the panel (${periods[0]} to ${periods.at(-1)}); nearest ${around.length === 1 ? 'is' : 'are'} ${around.join(' and ')}`,
    { details: { nearest: around } },
  );
}

/** The first period after the treatment; one past the last period means up to the end. */
function endIndex(label: string, panel: Panel): number {
  return isBefore(panel.periods.at(-1)!, label) ? panel.periods.length : periodIndex('--end', label, panel);
}
