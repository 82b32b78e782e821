import { describe, expect, test } from 'vitest';
import { checkProblem } from '../../../models/mix/checks.ts';
import { compileProblem } from '../../../models/mix/compile.ts';
import type { MixDriver } from '../../../models/mix/driver.ts';
import { noisePanel } from './support.ts';

const panel = noisePanel(1, 100, ['a', 'b', 'views'], 3);
const paid = (name: string, more: Partial<MixDriver> = {}): MixDriver => ({ name, kind: 'paid', ...more });

function codesOf(columns: Record<string, Float64Array>, drivers: MixDriver[], everyWeeks = 13) {
  const problem = compileProblem(
    { ...panel, covariates: { ...panel.covariates, ...columns } },
    { drivers, trend: { everyWeeks } },
  );
  return checkProblem(problem).map(({ code, drivers: names }) => [code, ...names].join(' '));
}

describe('checks before sampling', () => {
  test('independent series raise nothing', () => {
    expect(codesOf({}, [paid('a'), paid('b')])).toEqual([]);
  });
  test('two series that move together are named as a pair', () => {
    const twin = panel.covariates.a.map((v, t) => v + 0.1 * (t % 3));
    expect(codesOf({ twin }, [paid('a'), paid('twin')])).toContain('collinear_pair a twin');
  });
  test('a series that is the sum of others is found though no pair shows it', () => {
    const both = panel.covariates.a.map((v, t) => v + panel.covariates.b[t]);
    const found = codesOf({ both }, [paid('a'), paid('b'), paid('both')]);
    expect(found).toContain('collinear both');
  });
  test('spend that follows the year cannot be told from the season', () => {
    const seasonal = Float64Array.from({ length: 100 }, (_, t) => 2 + Math.sin((2 * Math.PI * t * 7) / 365.25));
    expect(codesOf({ seasonal }, [paid('seasonal')])).toContain('follows_calendar seasonal');
  });
  test('engagement that spend explains is suspected to be a mediator, and one declared so is left out', () => {
    const likes = panel.covariates.a.map((v, t) => 3 * v + (t % 5));
    expect(codesOf({ likes }, [paid('a'), { name: 'likes', kind: 'organic' }])).toContain('mediator_suspected likes');
    const declared = codesOf({ likes }, [paid('a'), { name: 'likes', kind: 'organic', role: 'mediator' }]);
    expect(declared).toEqual(['mediator_left_out likes']);
  });
  test('few weeks for many parameters, few active weeks and hardly any variation are said', () => {
    const rare = Float64Array.from({ length: 100 }, (_, t) => (t === 40 || t === 60 ? 5 : 0));
    const flat = Float64Array.from({ length: 100 }, (_, t) => 100 + (t % 2));
    expect(codesOf({ rare }, [paid('rare')])).toContain('few_active_weeks rare');
    expect(codesOf({ flat }, [paid('flat')])).toContain('hardly_varies flat');
    expect(codesOf({}, [paid('a')], 2)).toContain('few_cells');
  });
  test('spend and exposure that do not belong together are counted', () => {
    const cost = panel.covariates.views.map((v) => 0.1 * v);
    const active = cost.findIndex((v) => v > 0);
    const quiet = cost.indexOf(0);
    expect(codesOf({ cost }, [paid('views', { spendColumn: 'cost' })])).toEqual([]);
    const odd = cost.map((v, t) => (t === active ? 40 * v : t === quiet ? 7 : v));
    const gone = odd.map((v, t) => (t === cost.length - 1 - [...cost].reverse().findIndex((c) => c > 0) ? 0 : v));
    const found = codesOf({ cost: gone }, [paid('views', { spendColumn: 'cost' })]);
    expect(found).toEqual(['spend_without_exposure views', 'exposure_without_spend views', 'cost_outlier views']);
  });
});
