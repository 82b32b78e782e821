import { fillRun } from './fill-run.ts';

/**
 * Puts a hand-written mix model into a published run: ten weeks, the last two kept back, one of which came as foretold; a paid driver
 * learnt from a study, one that repeats its prior, an organic one, and a budget.
 */
export function fillMix(folder: string): Promise<void> {
  return fillRun(folder, TABLES);
}

const TABLES: Readonly<Record<string, string>> = {
  mix_run: `select 'ok' as status, cast(null as varchar) as message, 'revenue_net' as outcome, 'EUR' as unit, date '2026-01-05' as first_week_date,
    date '2026-03-09' as last_week_date, 10 as weeks, 1 as geos, 0.9 as level, 1.004 as max_rhat, 812 as min_ess_bulk, 0 as divergences, 10000 as observed, true as is_current`,
  mix_driver: `select * from (values
      (0, 'meta_ads', 'paid', 2000, 500, 3500, 0.2, 1000, 2.0, 0.5, 3.5, 1.2, 0.3, 2.1, 'experiment', 'D', 'roi', 1.0, 0.2, 4.0, 2.0, 0.5, 3.5),
      (1, 'google_ads', 'paid', 800, 100, 2600, 0.08, 500, 1.6, 0.2, 5.2, 0.9, 0.1, 3.0, 'prior', 'E', 'roi', 1.0, 0.2, 4.0, 1.6, 0.2, 5.2),
      (2, 'instagram', 'organic', -200, -900, 600, -0.02, null, null, null, null, null, null, null, 'data', 'E', 'contribution', 0.05, 0.0, 0.2, -0.02, -0.09, 0.06)
    ) as t (position, driver, kind, contribution, contribution_lo, contribution_hi, share, spend, roi, roi_lo, roi_hi, mroi, mroi_lo, mroi_hi, informed_by, grade,
      prior_on, prior, prior_lo, prior_hi, posterior, posterior_lo, posterior_hi)`,
  mix_decomposition: `select position, part, date '2026-01-05' + 7 * i :: integer as week_date, amount, amount - 50 as amount_lo, amount + 50 as amount_hi
    from (values (0, 'baseline', 740), (1, 'meta_ads', 200)) as t (position, part, amount) cross join range(10) as weeks (i)`,
  mix_fit: `select date '2026-01-05' + 7 * i :: integer as week_date, 1000 + 20 * (i % 3) as actual, 1000 as fitted, 900 as fitted_lo, 1100 as fitted_hi, i >= 8 as is_held_out,
    case when i >= 8 then 1000 end as foretold, case when i = 8 then 900 when i = 9 then 1010 end as foretold_lo, case when i >= 8 then 1100 end as foretold_hi from range(10) as t (i)`,
  mix_response: `select 0 as position, 'meta_ads' as driver, f as factor, 1000 * f as spend, 2000 * sqrt(f) as contribution, 500 * sqrt(f) as contribution_lo,
      3500 * sqrt(f) as contribution_hi, f > 1.25 as is_extrapolated from (values (0.0), (0.5), (1.0), (1.25), (1.5), (2.0)) as t (f)
    union all
    select 2, 'instagram', f, null, -200 * f, -900 * f, 600 * f, f > 1 from (values (0.0), (1.0), (1.5)) as t (f)`,
  mix_experiment: `select 0 as position, 'sun_geo' as experiment, 'meta_ads' as drivers, 'A' as grade, 420 as estimate, 150 as standard_error, 380 as model, 120 as model_lo, 640 as model_hi, 0.2 as z`,
  mix_parameter: `select * from (values (0, 'decay[meta_ads]', 0.4, 0.1, 0.2, 0.6, 1.004, 812, 900)) as t (position, parameter, mean, sd, q5, q95, rhat, ess_bulk, ess_tail)`,
  mix_diagnostic: `select * from (values (0, 'before', 'collinear', false, 'google_ads moves with meta_ads'), (1, 'after', 'converged', true, 'R-hat below 1.01'))
    as t (position, phase, code, is_passed, message)`,
  mix_budget: `select * from (values
      (0, 'meta_ads', 4, 400, 460, 0, 600, null, 900, 200, 1600, 800, 1.1, null, null, null, null, null, null, null, null, null),
      (1, 'google_ads', 4, 200, 140, 0, 300, 'observed_range', 300, 40, 900, 320, 1.1, null, null, null, null, null, null, null, null, null),
      (2, '(total)', 4, 600, 600, null, null, null, 1200, 300, 2300, 1120, 1.1, 80, -20, 200, 60, -25, 160, 0.84, 0.9, null)
    ) as t (position, channel, weeks, current_spend, proposed_spend, lower_bound, upper_bound, bound, outcome, outcome_lo, outcome_hi, current_outcome, mroi,
      gain, gain_lo, gain_hi, profit_gain, profit_gain_lo, profit_gain_hi, p_better, level, message)`,
};
