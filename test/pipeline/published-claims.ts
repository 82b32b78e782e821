import { readFileSync } from 'node:fs';
import type { ClaimName } from '../../pipeline/answer.ts';
import type { Manifest } from '../../pipeline/publish.ts';
import type { Results } from '../../pipeline/results.ts';
import { Warehouse } from '../../pipeline/warehouse.ts';

const TABLES = ['lift_study', 'lift_estimate', 'lift_gate'];

export type Row = Record<string, string | number | boolean | null>;

/** A claim on ads that sold something, by hand. */
export const claim = (id: string, more: Row = {}): Row => ({
  study_id: id,
  study: id,
  kind: 'geo',
  question: 'spend_sales',
  claim: 'spend_sales',
  is_registered: true,
  outcome: 'revenue_net',
  unit: 'EUR',
  driver: 'spring',
  start_date: '2026-04-01',
  end_date: '2026-04-28',
  design: 'panel',
  primary_method: 'sc',
  value: 4000,
  value_lo: 1000,
  value_hi: 7000,
  level: 0.9,
  p_value: 0.02,
  p_positive: 0.99,
  grade: 'B',
  grade_ceiling: 'B',
  word: 'yes',
  sentence: `Yes. ${id} very likely caused +4,000 EUR. Evidence B.`,
  gates_passed: 9,
  gates_run: 10,
  spend: 1500.5,
  iroas: 2.67,
  iroas_lo: 0.67,
  iroas_hi: 4.67,
  break_even: 2500,
  pays_sentence: 'It paid.',
  incrementality_factor: 0.5,
  incrementality_factor_lo: 0.1,
  incrementality_factor_hi: 0.9,
  minimum_detectable_effect: 2800,
  cheapest_next_test: 'Regions held out at random.',
  looked_at: 3,
  q_value: 0.04,
  shrunken_value: 3500,
  ...more,
});

/** A published run that holds these claims and nothing else but where campaigns ran. */
export async function published(studies: readonly Row[], tables: readonly string[] = TABLES): Promise<Results> {
  const warehouse = await Warehouse.open(':memory:', { threads: 1 });
  for (const table of tables) {
    const sql = readFileSync(new URL(`../../sql/table/result/${table}.sql`, import.meta.url), 'utf8');
    await warehouse.run(sql.replace('result.', ''));
  }
  await warehouse.run(`create table spend as select 'Paid Social' as channel, 'spring' as campaign_id`);
  await warehouse.run(`create table attribution as select 'Organic Social' as channel, 'autumn' as campaign_id`);
  const insert = async (table: string, row: Row): Promise<void> => {
    const cell = (value: Row[string]): string =>
      value === null ? 'null' : typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
    await warehouse.run(
      `insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.values(row).map(cell).join(', ')})`,
    );
  };
  for (const row of studies) {
    await insert('lift_study', row);
    const study_id = row.study_id;
    const level = { level: 0.9 };
    await insert('lift_estimate', {
      study_id,
      method: 'sc',
      is_primary: true,
      value: 4000,
      value_lo: 1000,
      value_hi: 7000,
      ...level,
    });
    await insert('lift_estimate', {
      study_id,
      method: 'did',
      is_primary: false,
      value: 5000,
      value_lo: 0,
      value_hi: 9000,
      ...level,
    });
    await insert('lift_estimate', {
      study_id,
      method: 'sdid',
      is_primary: false,
      value: 3000,
      value_lo: 1,
      value_hi: 6000,
      ...level,
    });
    await insert('lift_estimate', { study_id, method: 'ascm', is_primary: false, value: null });
    const gate = (number: number, verdict: string, cap: string | null): Promise<void> =>
      insert('lift_gate', {
        study_id,
        gate_number: number,
        gate: `gate_${number}`,
        is_blocking: true,
        verdict,
        cap,
        sentence: `Gate ${number} ${verdict}.`,
      });
    await gate(1, 'passed', null);
    await gate(12, 'failed', null);
    await gate(15, 'not_run', 'C');
  }
  const files = [...tables, 'spend', 'attribution'].map((name) => ({ name: `${name}.parquet` }));
  const manifest = {
    workspace: 'hand',
    run: 'run_1',
    run_hash: 'sha256:1',
    currency: 'EUR',
    currency_exponent: 2,
    period: { from: '2026-01-01', to: '2026-06-30' },
    files,
  } as unknown as Manifest;
  return {
    manifest,
    folder: '',
    rows: (sql, parameters) => warehouse.rows(sql, parameters),
    close: () => warehouse.close(),
  };
}

/** A claim of a posting schedule. */
export const posting = (id: string, name: ClaimName, more: Row = {}): Row =>
  claim(`${id}${name === 'posting_sales' ? '' : `:${name}`}`, {
    study: id,
    kind: 'posting',
    claim: name,
    driver: 'Organic Social',
    design: 'switchback',
    grade: 'A',
    ...more,
  });

/** Every kind of claim, registered and not. */
export const MANY: readonly Row[] = [
  claim('ads'),
  claim('old_ads', { end_date: '2026-02-28', start_date: '2026-02-01' }),
  claim('strong_ads', { grade: 'A', value: null, value_lo: null, value_hi: null, reason: 'no orders yet' }),
  posting('schedule', 'posting_sales', { grade: 'X', word: 'cannot_tell' }),
  posting('schedule', 'posting_engagement'),
  posting('schedule', 'engagement_sales'),
  claim('campaign:lena', {
    is_registered: false,
    study: 'lena',
    driver: 'lena',
    claim: 'posting_sales',
    grade: 'C',
  }),
];
