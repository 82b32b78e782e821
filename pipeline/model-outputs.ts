import type { Results } from './results.ts';
import type { Table, TableColumn } from './table.ts';
import { hasTable, textColumn } from './views/make-table.ts';

/** What the models of a run said, tidy: one number a row, the same columns for credit, lift and mix. */
export const MODEL_OUTPUTS = ['summary', 'draws', 'diagnostics'] as const;
export type ModelOutput = (typeof MODEL_OUTPUTS)[number];

const value = (id: string, label: string): TableColumn => ({ id, label, type: 'decimal', scale: 9 });

const COLUMNS: Readonly<Record<ModelOutput, readonly TableColumn[]>> = {
  summary: [
    textColumn('family', 'Family'),
    textColumn('model', 'Model'),
    textColumn('subject', 'About'),
    textColumn('quantity', 'Quantity'),
    textColumn('unit', 'Unit'),
    value('value', 'Value'),
    value('lo', 'low'),
    value('hi', 'high'),
    value('level', 'Level'),
    textColumn('kind', 'Interval'),
    textColumn('grade', 'Evidence'),
  ],
  draws: [
    textColumn('family', 'Family'),
    textColumn('model', 'Model'),
    textColumn('subject', 'About'),
    { id: 'draw_no', label: 'Draw', type: 'decimal', scale: 0, unit: 'count' },
    textColumn('unit', 'Unit'),
    value('value', 'Value'),
  ],
  diagnostics: [
    textColumn('family', 'Family'),
    textColumn('model', 'Model'),
    textColumn('subject', 'About'),
    textColumn('diagnostic', 'Diagnostic'),
    value('value', 'Value'),
    textColumn('threshold', 'Threshold'),
    { id: 'is_passed', label: 'Passed', type: 'boolean' },
    textColumn('message', 'In words'),
  ],
};

const NOTES: Readonly<Record<ModelOutput, readonly string[]>> = {
  summary: [
    'Credit is an association (evidence E); a number without an interval is not shown as incremental.',
    'lift has every estimator of each claim, the registered one with its grade; mix has drivers and parameters.',
  ],
  draws: [
    'lift: what the registered test read where nothing was done; no value where a placebo fitted perfectly and counts as extreme.',
    'The draws of the mix model stay in the warehouse; summary has their means and intervals.',
  ],
  diagnostics: ['is_passed is empty for what is only told, and for a gate that was not run.'],
};

/** @param limit  rows at most; the table says how many there are */
export async function modelOutput(
  results: Results,
  output: ModelOutput,
  limit: number,
): Promise<{ title: string; table: Table; notes: string[] }> {
  const columns = COLUMNS[output];
  const { currency, run, run_hash, time_zone, period } = results.manifest;
  const parts = partsOf(output).filter(({ needs }) => needs.every((name) => hasTable(results, name)));
  const casts = columns.map(
    ({ id, type }) => `cast(${id} as ${type === 'decimal' ? 'decimal(38, 9)' : 'varchar'}) as ${id}`,
  );
  // one part after the other, each in its own order
  const union = parts.map(({ sql }, i) => `select ${i} as part_no, row_number() over () as row_no, * from (${sql})`);
  const rows =
    union.length === 0
      ? []
      : await results.rows<Record<string, string | null>>(
          `select ${casts.join(', ')} from (${union.join(' union all ')}) order by part_no, row_no`,
          parts.some(({ sql }) => sql.includes('$currency')) ? { currency } : {},
        );
  return {
    title: { summary: 'What the models say', draws: 'Draws', diagnostics: 'Diagnostics of the models' }[output],
    notes: [...NOTES[output]],
    table: {
      columns,
      rows: rows.slice(0, limit).map((row) => columns.map(({ id }) => row[id] ?? null)),
      totals: null,
      totalRows: rows.length,
      truncated: rows.length > limit,
      meta: { run, run_hash, currency, time_zone, period: [period.from, period.to] },
    },
  };
}

interface Part {
  needs: readonly string[];
  sql: string;
}

function partsOf(output: ModelOutput): Part[] {
  if (output === 'draws')
    return [
      {
        needs: ['lift_placebo', 'lift_study'],
        sql: `select 'lift' as family, draw.method as model, draw.study_id as subject, draw.draw_no, study.unit, draw.effect as value
          from lift_placebo as draw inner join lift_study as study on study.study_id = draw.study_id
          order by draw.study_id, draw.method, draw.draw_no`,
      },
    ];
  return output === 'summary'
    ? [credit(), lift(), drivers(), parameters()]
    : [modelRuns(), gates(), findings(), chains()];
}

/** One select a quantity: its name, which is that of its columns, and its unit. */
function selectsOf(quantities: readonly (readonly [string, string])[], head: string, tail: string): string[] {
  return quantities.map(
    ([name, unit], i) =>
      `select ${head}, '${name}' as quantity, ${unit} as unit, ${name} as value, ${name}_lo as lo, ${name}_hi as hi, ${i} as quantity_no, ${tail}`,
  );
}

function credit(): Part {
  const quantities = [
    ['conversions', `'credit'`],
    ['share', `'share'`],
    ['revenue', '$currency'],
    ['cpa', '$currency'],
    ['roas', `'ratio'`],
  ] as const;
  const head = `'attribution' as family, model, channel as subject`;
  const selects = selectsOf(quantities, head, 'level, kind, grade, position from model_credit');
  return {
    needs: ['model_credit'],
    sql: `select family, model, subject, quantity, unit, value, lo, hi, level, kind, grade from (${selects.join(' union all ')}) where value is not null order by position, subject, quantity_no`,
  };
}

function lift(): Part {
  return {
    needs: ['lift_estimate', 'lift_study'],
    sql: `select 'lift' as family, estimate.method as model, estimate.study_id as subject, 'effect' as quantity, study.unit,
        estimate.value, estimate.value_lo as lo, estimate.value_hi as hi, estimate.level,
        case when estimate.method = 'bsts' then 'credible' else 'confidence' end as kind,
        case when estimate.is_primary then study.grade end as grade
      from lift_estimate as estimate inner join lift_study as study on study.study_id = estimate.study_id
      order by estimate.study_id, estimate.is_primary desc, estimate.method`,
  };
}

function drivers(): Part {
  const quantities = [
    ['contribution', 'outcome_unit'],
    ['share', `'share'`],
    ['roi', `'ratio'`],
    ['mroi', `'ratio'`],
    ['outcome_per_spend', 'outcome_unit'],
  ] as const;
  const head = `'mix' as family, 'mix' as model, one.driver as subject`;
  const tail = `one.level, 'credible' as kind, one.grade, one.position from mix_driver as one cross join (select unit as outcome_unit from mix_run) as run`;
  const selects = selectsOf(quantities, head, tail);
  return {
    needs: ['mix_driver', 'mix_run'],
    sql: `select family, model, subject, quantity, unit, value, lo, hi, level, kind, grade from (${selects.join(' union all ')}) where value is not null order by position, quantity_no`,
  };
}

function parameters(): Part {
  return {
    needs: ['mix_parameter'],
    sql: `select 'mix' as family, 'mix' as model, parameter as subject, 'parameter' as quantity, unit, mean as value, q5 as lo, q95 as hi,
        0.9 as level, 'credible' as kind, null as grade
      from mix_parameter order by position`,
  };
}

function modelRuns(): Part {
  const told = ['n_persons', 'n_journeys', 'persons_share', 'replicates', 'markov_order'];
  const selects = told.map(
    (name, i) =>
      `select 'attribution' as family, model, '(all)' as subject, '${name}' as diagnostic, ${name} as value, null as threshold, null as is_passed, nullif(note, '') as message, position, ${i} as no from model_run`,
  );
  return {
    needs: ['model_run'],
    sql: `select family, model, subject, diagnostic, value, threshold, is_passed, message from (${selects.join(' union all ')}) where value is not null order by position, no`,
  };
}

function gates(): Part {
  return {
    needs: ['lift_gate', 'lift_study'],
    sql: `select 'lift' as family, study.primary_method as model, gate.study_id as subject, gate.gate as diagnostic, gate.number as value, gate.threshold,
        case gate.verdict when 'passed' then true when 'failed' then false end as is_passed, gate.sentence as message
      from lift_gate as gate inner join lift_study as study on study.study_id = gate.study_id
      order by gate.study_id, gate.gate_number`,
  };
}

function findings(): Part {
  return {
    needs: ['mix_diagnostic'],
    sql: `select 'mix' as family, 'mix' as model, coalesce(nullif(drivers, ''), '(all)') as subject, code as diagnostic, value, cast(threshold as varchar) as threshold,
        is_passed, message
      from mix_diagnostic order by position`,
  };
}

function chains(): Part {
  const told = ['rhat', 'ess_bulk', 'ess_tail'];
  const selects = told.map(
    (name, i) =>
      `select 'mix' as family, 'mix' as model, parameter as subject, '${name}' as diagnostic, ${name} as value, null as threshold, null as is_passed, null as message, position, ${i} as no from mix_parameter`,
  );
  return {
    needs: ['mix_parameter'],
    sql: `select family, model, subject, diagnostic, value, threshold, is_passed, message from (${selects.join(' union all ')}) where value is not null order by position, no`,
  };
}
