import { fillRun } from './fill-run.ts';

/**
 * Puts hand-written studies into a published run: one that is measured, registered and proven (B), one campaign that nobody
 * registered (C), one that waits. Numbers are round, so that pages can be checked by eye.
 */
export function fillStudies(folder: string): Promise<void> {
  return fillRun(folder, TABLES);
}

const COLUMNS = `study_id, study, kind, question, claim, is_registered, outcome, unit, driver, geos, start_date, end_date,
  pre_start_date, design, primary_method, value, value_lo, value_hi, standard_error, level, relative, relative_lo, relative_hi,
  p_value, p_positive, grade, grade_ceiling, word, sentence, gates_passed, gates_run, spread_lo, spread_median, spread_hi, spend,
  iroas, iroas_lo, iroas_hi, break_even, pays_sentence, incrementality_factor, incrementality_factor_lo,
  incrementality_factor_hi, minimum_detectable_effect, cheapest_next_test, looked_at, q_value, shrunken_value, treated_units,
  control_units, periods, reason`;

const nothing = (count: number): string => Array.from({ length: count }, () => 'null').join(', ');

const TABLES: Readonly<Record<string, string>> = {
  lift_study: `select * replace (cast(start_date as date) as start_date, cast(end_date as date) as end_date, cast(pre_start_date as date) as pre_start_date)
    from (values
      ('sun_geo', 'sun_geo', 'geo', 'Did Instagram engagement bring sales in the regions where we posted?', 'engagement_sales', true, 'revenue_net', 'EUR',
       'Organic Social', 'FR-IDF,FR-ARA', '2026-06-01', '2026-06-14', '2026-04-02', 'panel', 'sdid', 4200, 600, 8100, 2280, 0.9, 0.12, 0.02, 0.23,
       0.07, 0.96, 'B', 'B', 'yes', 'Yes. Instagram engagement in June very likely caused €4.2 k (90 %: €600 to €8.1 k), 96 % likely above zero; it survived 12 of 12 refutation tests. Evidence B.',
       12, 12, 1900, 4000, 5200, 1500, 2.8, 0.4, 5.4, 2500, 'It probably paid: 77 % likely to be above the €2.5 k from which it pays.', 0.56, 0.08, 1.08, 5200,
       '14 days, 6 regions, about €3 k of posts held back, would find €2.1 k or more.', 3, 0.14, 3900, 2, 11, 90, null),
      ('campaign:spring', 'campaign:spring', 'campaign', '', 'spend_sales', false, 'revenue_net', 'EUR',
       'spring', null, '2026-05-01', '2026-05-10', '2026-04-02', 'series', 'bsts', 900, -700, 2500, 970, 0.9, 0.04, -0.03, 0.1,
       0.36, 0.82, 'C', 'C', 'perhaps', 'Perhaps. spring: the data are consistent with €900 (90 %: −€700 to €2.5 k), 82 % likely above zero, not proven. Evidence C.',
       4, 6, 900, 900, 900, 800, 1.1, -0.9, 3.1, 1300, 'Whether it paid cannot be told.', null, null, null, 2600,
       'Leave 5 regions without the campaign for 14 days.', 3, 0.36, 1300, 1, 0, 40, null),
      ('next_posts', 'next_posts', 'posting', 'Do more posts bring more engagement?', 'posting_engagement', true, 'engagements', 'count',
       'Organic Social', null, '2026-07-10', '2026-08-20', '2026-04-02', ${nothing(12)}, 'X', 'A', 'cannot_tell_yet', 'We cannot tell yet.', ${nothing(16)}, 3, ${nothing(5)},
       'The window ends on 2026-08-20; the study is read after that.')
    ) as t (${COLUMNS})`,
  lift_estimate: `select * from (values
      ('sun_geo', 'sdid', true, 4200, 600, 8100, 0.9, 2280, 0.07, 0.12, '{}'), ('sun_geo', 'did', false, 1900, -400, 4300, 0.9, 1430, 0.2, 0.05, '{}'),
      ('sun_geo', 'ascm', false, 5200, 900, 9800, 0.9, 2700, 0.06, 0.15, '{}'), ('sun_geo', 'tbr', false, null, null, null, null, null, null, null, '{"reason": "too few days"}'),
      ('campaign:spring', 'bsts', true, 900, -700, 2500, 0.9, 970, 0.36, 0.04, '{}')
    ) as t (study_id, method, is_primary, value, value_lo, value_hi, level, standard_error, p_value, relative, diagnostics)`,
  lift_series: `select 'sun_geo' as study_id, 'sdid' as method, cast(day as date) as period,
      1000 + 40 * (i % 7) + case when day >= date '2026-06-01' then 300 else 0 end as actual, 1000 + 40 * (i % 7) as counterfactual,
      900 + 40 * (i % 7) as lo, 1100 + 40 * (i % 7) as hi, case when day >= date '2026-06-01' then 300 * (i - 41) end as cumulative, day >= date '2026-06-01' as is_treated_period
    from (select i, date '2026-04-20' + i :: integer as day from range(56) as t (i))`,
  lift_weight: `select * from (values ('sun_geo', 'sdid', 'unit', 'FR-NAQ', 0.6), ('sun_geo', 'sdid', 'unit', 'FR-OCC', 0.4), ('sun_geo', 'sdid', 'period', '2026-05-31', 1)) as t (study_id, method, kind, name, weight)`,
  lift_unit: `select 'sun_geo' as study_id, * from (values ('FR-IDF', 'treated'), ('FR-ARA', 'treated'), ('FR-NAQ', 'control'), ('FR-OCC', 'control'),
      ('north', 'control'), ('FR-COR', 'left_out')) as t (unit, arm)`,
  lift_placebo: `select 'sun_geo' as study_id, 'sdid' as method, i + 1 as draw_no, (i - 10) * 300 as effect from range(21) as t (i)`,
  lift_power: `select 'sun_geo' as study_id, 'standard_error' as method, i * 1000 as effect, least(1, 0.1 + i * 0.1) as power from range(13) as t (i)`,
  lift_gate: `select * from (values
      ('sun_geo', 1, 'data', true, 'passed', 0, '{}', null, 'No gap in 90 days; 11 untreated regions.'),
      ('sun_geo', 5, 'placebo_time', true, 'passed', 0.2, '{}', null, 'None of 3 earlier windows shows as much.'),
      ('sun_geo', 14, 'dose_response', false, 'failed', 0.4, '{}', null, 'More engagement did not go with more effect.'),
      ('sun_geo', 19, 'calibration', true, 'passed', 0.11, '{"assignments":200,"alpha":0.1,"binomial_errors":2,"limit":0.142426}', null, 'On 200 assignments without effect the test rejects 11 % at its 10 % level.'),
      ('sun_geo', 20, 'recovery', false, 'failed', 0.78, '{"runs":50,"share":0.9,"binomial_errors":2,"limit":0.815147}', null, 'A planted effect is found inside the interval in 78 % of 50 runs.'),
      ('campaign:spring', 2, 'assignment', true, 'not_run', null, '{}', 'C', 'No log says why the campaign began when it did.'),
      ('campaign:spring', 5, 'placebo_time', true, 'failed', 0.4, '{}', 'C', 'An earlier window shows as much.')
    ) as t (study_id, gate_number, gate, is_blocking, verdict, number, threshold, cap, sentence)`,
};
