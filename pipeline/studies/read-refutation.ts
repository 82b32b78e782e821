import type { Study } from '../config-studies.ts';
import { sqlFile } from '../sql-files.ts';
import type { Warehouse } from '../warehouse.ts';
import { matching } from './feed-gates.ts';
import { type StudyPanel, toGeoPanel } from './read-panels.ts';
import type { ControlOutcome, Refutation } from './refute-panel.ts';

/** Neighbours and negative controls of a study, the controls as outcomes of its own panel. */
export async function readRefutation(warehouse: Warehouse, study: Study, { panel }: StudyPanel): Promise<Refutation> {
  const controls: ControlOutcome[] = [];
  for (const control of study.negative_controls) {
    const [kind, names] = 'products' in control ? ['products', control.products] : ['channels', control.channels];
    const whole = toGeoPanel(
      await warehouse.rows<{ geo: string; day: string; value: number | null }>(
        `select geo, cast(day as varchar) as day, cast(value as double) as value
         from (${sqlFile('statistic/negative_control')}) where geo not in ('(unknown)', '(suppressed)') order by geo, day`,
        { kind: kind as string, names: (names as readonly string[]).join('\u001f') },
      ),
    );
    const outcome = matching(whole, panel);
    const { name } = control;
    controls.push(
      outcome === null
        ? { name, reason: 'it was not loaded on all of the days' }
        : outcome.every((value) => value === 0)
          ? {
              name,
              reason: `nothing was loaded of the ${kind} ${(names as readonly string[]).join(', ')}; check their names`,
            }
          : { name, outcome },
    );
  }
  return { neighbours: study.neighbours, controls };
}
