import { divideHalfEven, formatDecimal, parseDecimal } from '../../models/numeric/money.ts';
import type { RoiLine } from './roi-line.ts';

/** What the ROI table reads of a study. */
export interface StudyRow {
  study_id: string;
  claim: string;
  driver: string;
  unit: string;
  start_date: string;
  end_date: string;
  value: string;
  value_lo: string | null;
  value_hi: string | null;
  level: string | null;
  p_positive: string | null;
  grade: string | null;
  spend: string | null;
  iroas: string | null;
  iroas_lo: string | null;
  iroas_hi: string | null;
  incrementality_factor: string | null;
  gates_passed: string | null;
  gates_run: string | null;
}

/**
 * Sets what studies measured beside the rows that they are about: the row of the study's campaign or channel, when the window lies
 * inside the period and exactly one row is meant. What a study measured of several rows together cannot be told apart, and is left out;
 * of two studies of one row the better grade counts, then the first id.
 */
export function attachStudies(lines: readonly RoiLine[], studies: readonly StudyRow[], exponent: number): void {
  const taken = new Set<RoiLine>();
  const rank = (study: StudyRow): string => `${study.grade} ${study.study_id}`;
  const ordered = [...studies].sort((x, y) => (rank(x) < rank(y) ? -1 : 1));
  for (const study of ordered) {
    if (study.claim !== 'spend_sales' && study.claim !== 'engagement_sales' && study.claim !== 'posting_sales')
      continue;
    const line = lineOf(lines, study);
    if (line === undefined || taken.has(line)) continue;
    taken.add(line);
    const money = (text: string | null): bigint | null => (text === null ? null : rounded(text, exponent));
    const revenue = { '': money(study.value), _lo: money(study.value_lo), _hi: money(study.value_hi) };
    const spend = money(study.spend) ?? 0n;
    for (const [end, value] of Object.entries(revenue)) {
      line[`incremental_revenue${end}`] = value === null ? null : formatDecimal(value, exponent);
      const profit = value === null ? null : profitOf(value, line, exponent);
      line[`incremental_profit${end}`] = profit === null ? null : formatDecimal(profit - spend, exponent);
    }
    for (const id of ['iroas', 'iroas_lo', 'iroas_hi', 'incrementality_factor'] as const) {
      const value = study[id];
      line[id] = value === null ? null : formatDecimal(rounded(value, 4), 4);
    }
    line.interval_level = study.level === null ? null : formatDecimal(rounded(study.level, 4), 4);
    line.interval_kind = study.value_lo === null ? null : 'confidence';
    line.p_positive = study.p_positive === null ? null : formatDecimal(rounded(study.p_positive, 4), 4);
    line.evidence_grade = study.grade;
    const note = `study ${study.study_id}, ${study.start_date} to ${study.end_date}, ${study.gates_passed ?? 0} of ${study.gates_run ?? 0} gates passed`;
    line.health = line.health === 'ok' || line.health === null ? note : `${line.health}; ${note}`;
  }
}

function lineOf(lines: readonly RoiLine[], study: StudyRow): RoiLine | undefined {
  const meant = lines.filter(
    (line) =>
      line.row_type === 'channel' &&
      line.customer_type === 'all' &&
      (line.campaign_id === study.driver || line.channel === study.driver) &&
      line.currency === study.unit &&
      line.period_start! <= study.start_date &&
      study.end_date <= line.period_end!,
  );
  // of a campaign with paid and unpaid rows, a study of spend is about the paid one
  const paid = meant.filter((line) => !/^-?0(\.0*)?$/.test(line.spend_media ?? '0'));
  const chosen = study.claim === 'spend_sales' && paid.length > 0 ? paid : meant;
  return chosen.length === 1 ? chosen[0] : undefined;
}

/** At the margin of the row. */
function profitOf(value: bigint, line: RoiLine, exponent: number): bigint | null {
  if (line.gross_profit === null || line.revenue_net === null) return null;
  const revenue = parseDecimal(line.revenue_net, exponent);
  if (revenue <= 0n) return null;
  return divideHalfEven(value * parseDecimal(line.gross_profit, exponent), revenue);
}

function rounded(text: string, scale: number): bigint {
  const from = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
  const units = parseDecimal(text, from);
  return from <= scale ? units * 10n ** BigInt(scale - from) : divideHalfEven(units, 10n ** BigInt(from - scale));
}
