import { random } from '../../../models/numeric/random.ts';
import type { Panel } from '../../../models/panel.ts';
import { addDays } from '../../../pipeline/finance/calendar.ts';

/** Fourteen geos that move together from 2026-01-01 on, with noise of 3 %. */
export function planMarket(days: number): Panel {
  const draw = random(1, 'plan');
  const common = Array.from({ length: days }, (_, t) => 1 + 0.2 * Math.sin(t / 7) + 0.03 * draw.normal());
  const units = Array.from({ length: 14 }, (_, i) => `geo${i}`);
  const outcome = Float64Array.from({ length: 14 * days }, (_, i) => {
    const [unit, t] = [Math.floor(i / days), i % days];
    return 100 * (unit + 1) * common[t] * (1 + 0.03 * draw.normal());
  });
  return { units, periods: Array.from({ length: days }, (_, t) => addDays('2026-01-01', t)), outcome, covariates: {} };
}
