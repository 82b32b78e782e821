import type { Results } from '../results.ts';
import { readMixRun, readMixWeeks } from './read-mix.ts';
import { readStudies } from './read-studies.ts';

/** How often intervals held what they should, beside how often they were said to. */
export interface Coverage {
  source: string;
  kind: 'weeks kept back' | 'nothing was done' | 'an effect was planted';
  /** share that was promised, in [0, 1] */
  stated: number;
  /** share that came */
  actual: number;
  /** where chance alone would put the share, two binomial errors around what was promised */
  lo: number;
  hi: number;
}

/** Below this share chance does not explain it. */
export function isTooLow({ actual, lo }: Coverage): boolean {
  return actual < lo;
}

/**
 * Every trial of stated intervals that the run holds: weeks that a mix model did not see, and the two gates that try the test of a study
 * where nothing was done, and where an effect was planted.
 */
export async function readCoverageTrials(results: Results): Promise<Coverage[]> {
  const trials: Coverage[] = [];
  const run = await readMixRun(results);
  if (run !== undefined && run.status === 'ok') {
    const weeks = (await readMixWeeks(results)).filter(
      (week) => week.isHeldOut && week.actual !== null && week.foretoldLo !== null && week.foretoldHi !== null,
    );
    const held = weeks.filter((week) => week.actual! >= week.foretoldLo! && week.actual! <= week.foretoldHi!).length;
    if (weeks.length > 0)
      trials.push({
        source: 'Mix model',
        kind: 'weeks kept back',
        stated: run.level,
        actual: held / weeks.length,
        ...byChance(run.level, run.level - 2 * Math.sqrt((run.level * (1 - run.level)) / weeks.length)),
      });
  }
  for (const { study_id: study, gate, number, threshold } of await readTrials(results)) {
    const limits = JSON.parse(threshold) as { alpha?: number; share?: number; limit?: number };
    if (limits.limit === undefined) continue;
    const isNull = gate === 'calibration';
    const stated = isNull ? 1 - (limits.alpha ?? Number.NaN) : (limits.share ?? Number.NaN);
    trials.push({
      source: study,
      kind: isNull ? 'nothing was done' : 'an effect was planted',
      stated,
      actual: isNull ? 1 - number : number,
      ...byChance(stated, isNull ? 1 - limits.limit : limits.limit),
    });
  }
  return trials;
}

function byChance(stated: number, lo: number): { lo: number; hi: number } {
  return { lo: Math.max(0, lo), hi: Math.min(1, 2 * stated - lo) };
}

async function readTrials(
  results: Results,
): Promise<{ study_id: string; gate: string; number: number; threshold: string }[]> {
  if ((await readStudies(results)).length === 0) return [];
  const rows = await results.rows<Record<string, unknown>>(
    `select study_id, gate, number, threshold from lift_gate
     where gate in ('calibration', 'recovery') and verdict <> 'not_run' and number is not null
     order by study_id, gate_number`,
  );
  return rows.map((row) => ({
    study_id: String(row.study_id),
    gate: String(row.gate),
    number: Number(row.number),
    threshold: String(row.threshold),
  }));
}

/** A study that was read again where nothing had been done. */
export interface Backtest {
  study: string;
  verdict: 'passed' | 'failed' | 'not_run';
  sentence: string;
}

/** Earlier windows of each study, read as if it had happened then. */
export async function readBacktests(results: Results): Promise<Backtest[]> {
  if ((await readStudies(results)).length === 0) return [];
  const rows = await results.rows<Record<string, unknown>>(
    "select study_id, verdict, sentence from lift_gate where gate = 'placebo_time' order by verdict = 'not_run', study_id",
  );
  return rows.map((row) => ({
    study: String(row.study_id),
    verdict: String(row.verdict) as Backtest['verdict'],
    sentence: String(row.sentence),
  }));
}
