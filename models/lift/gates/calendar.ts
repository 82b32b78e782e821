import { gateResult, percent, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface CalendarInput {
  /** promotions, e-mails, paid spend, holidays, stock-outs that fall into the test window in treated units only or mainly */
  events: readonly { name: string; kind: string; includedInModel: boolean }[];
  effect: number;
  /** effect without the days of the events that the model does not include; null when none is left or it was not made */
  effectWithout: number | null;
}

/** Gate 15: was something else on at the same time? */
export function calendarGate(input: CalendarInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('calendar', changes);
  const open = input.events.filter((event) => !event.includedInModel);
  if (open.length === 0) {
    const known = input.events.length === 0 ? 'Nothing else was on' : 'All that was on is in the model';
    return gateResult('calendar', 'passed', 0, `${known} during the test.`, { threshold });
  }
  const names = open.map(({ name }) => name).join(', ');
  if (input.effectWithout === null) {
    return gateResult(
      'calendar',
      'not_run',
      null,
      `${names} fell into the test; the effect without those days was not measured.`,
      {
        threshold,
        details: { events: open },
      },
    );
  }
  const change =
    input.effectWithout === input.effect ? 0 : Math.abs((input.effectWithout - input.effect) / input.effect);
  const passed = Math.sign(input.effectWithout) === Math.sign(input.effect) && change <= threshold.change;
  return gateResult(
    'calendar',
    passed ? 'passed' : 'failed',
    change,
    passed
      ? `Without the days of ${names} the effect changes by ${percent(change)}.`
      : `The effect hangs on the days of ${names}: without them it changes by ${percent(change)}.`,
    { threshold, details: { events: open, effect_without: input.effectWithout } },
  );
}
