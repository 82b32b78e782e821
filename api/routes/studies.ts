import { z } from '@hono/zod-openapi';
import { InputError } from '../../models/errors.ts';
import { claimAnswer } from '../../pipeline/claim-answer.ts';
import { nearest } from '../../pipeline/nearest.ts';
import type { Results } from '../../pipeline/results.ts';
import {
  readDraws,
  readEstimates,
  readGates,
  readPlaces,
  readPower,
  readSeries,
  readStudies,
  type Study,
} from '../../pipeline/views/read-studies.ts';
import { answerJson } from '../answer.ts';
import { chooseFormat } from '../negotiate.ts';
import type { Call, Route } from '../route.ts';
import { claimSchema, gateSchema } from './answer.ts';

const number = z.number().nullable();
const text = z.string().nullable();
const params = z.object({ study: z.string().openapi({ example: 'spring_geo' }) });
const common = { method: 'get', scope: 'read:reports', tag: 'studies' } as const;
const about = {
  run: z.string(),
  study_id: z.string(),
  unit: z.string().openapi({ description: 'a currency, or count' }),
};

export const listStudiesRoute: Route = {
  ...common,
  path: '/v1/w/{workspace}/studies',
  summary: 'Every claim that the run looked at: registered studies first, then campaigns that nobody registered',
  description: 'Studies are registered under `studies:` in liftproof.yaml, before their answer is seen.',
  response: z.strictObject({
    run: z.string(),
    data: z.array(
      z.strictObject({
        study_id: z.string(),
        study: z.string(),
        kind: z.string(),
        claim: z.string(),
        is_registered: z.boolean(),
        outcome: z.string(),
        window: z.strictObject({ from: text, to: text }),
        grade: z.string(),
        word: z.string(),
        sentence: z.string(),
        reason: text.openapi({ description: 'why it was not measured; null when it was' }),
      }),
    ),
  }),
  handle: (_input, call) =>
    answered(call, ['studies'], async (results) => ({
      run: results.manifest.run,
      data: (await readStudies(results)).map((one) => ({
        study_id: one.id,
        study: one.study,
        kind: one.kind,
        claim: one.claim,
        is_registered: one.isRegistered,
        outcome: one.outcome,
        window: { from: one.startDate, to: one.endDate },
        grade: one.grade,
        word: one.word,
        sentence: one.sentence,
        reason: one.reason,
      })),
    })),
};

export const getStudyRoute: Route = {
  ...common,
  path: '/v1/w/{workspace}/studies/{study}',
  summary: 'One claim of a study: its design, its registered estimate, its grade, and the words that the grade allows',
  params,
  response: claimSchema,
  handle: ({ params: { study } }, call) => ofStudy(call, study, 'claim', (results, one) => claimAnswer(results, one)),
};

export const studyPowerRoute: Route = {
  ...common,
  path: '/v1/w/{workspace}/studies/{study}/power',
  summary: 'How likely the test of a study would have found an effect of each size',
  params,
  response: z.strictObject({
    ...about,
    minimum_detectable_effect: number.openapi({ description: 'smallest effect that it finds in 80 % of cases' }),
    next_test: text,
    data: z.array(z.strictObject({ method: z.string(), effect: z.number(), power: z.number() })).openapi({
      description: 'empty where the method has neither draws nor a standard error',
    }),
  }),
  handle: ({ params: { study } }, call) =>
    ofStudy(call, study, 'power', async (results, one) => ({
      ...aboutOf(results, one),
      minimum_detectable_effect: one.minimumDetectableEffect,
      next_test: one.cheapestNextTest,
      data: await readPower(results, one.id),
    })),
};

export const studyHealthRoute: Route = {
  ...common,
  path: '/v1/w/{workspace}/studies/{study}/health',
  summary:
    'What tried to refute a study: sample ratio, bias before the start, placebos, spill-over and the other gates',
  params,
  response: z.strictObject({
    ...about,
    grade: z.string(),
    grade_ceiling: text.openapi({ description: 'best grade that the design can reach' }),
    passed: number,
    run_gates: number,
    gates: z.array(gateSchema),
  }),
  handle: ({ params: { study } }, call) =>
    ofStudy(call, study, 'health', async (results, one) => ({
      ...aboutOf(results, one),
      grade: one.grade,
      grade_ceiling: one.gradeCeiling,
      passed: one.gatesPassed,
      run_gates: one.gatesRun,
      gates: (await readGates(results, one.id)).map(({ isBlocking, ...gate }) => ({
        ...gate,
        is_blocking: isBlocking,
      })),
    })),
};

export const studyResultsRoute: Route = {
  ...common,
  path: '/v1/w/{workspace}/studies/{study}/results',
  summary: 'The read-out of a study: every estimator, what was seen and expected by day, places, and draws',
  params,
  response: z.strictObject({
    ...about,
    estimates: z.array(
      z.strictObject({
        method: z.string(),
        is_primary: z.boolean().openapi({ description: 'the registered one' }),
        value: number,
        lo: number,
        hi: number,
        level: number,
      }),
    ),
    series: z.strictObject({
      method: text.openapi({ description: 'whose expectation it is; null where no method has one' }),
      data: z.array(
        z.strictObject({
          day: z.string(),
          actual: z.number(),
          counterfactual: number,
          lo: number,
          hi: number,
          cumulative: number,
          is_treated: z.boolean(),
        }),
      ),
    }),
    places: z.array(z.strictObject({ name: z.string(), arm: z.enum(['treated', 'control', 'left_out', 'both']) })),
    draws: z
      .array(z.strictObject({ draw_no: z.number().int(), effect: number }))
      .openapi({ description: 'what the test read where nothing was done; null for a placebo that fitted perfectly' }),
  }),
  handle: ({ params: { study } }, call) =>
    ofStudy(call, study, 'results', async (results, one) => {
      const { method, days } = await readSeries(results, one);
      return {
        ...aboutOf(results, one),
        estimates: (await readEstimates(results, one.id)).map(({ isPrimary, ...rest }) => ({
          ...rest,
          is_primary: isPrimary,
        })),
        series: {
          method: method === '' ? null : method,
          data: days.map(({ isTreated, ...rest }) => ({ ...rest, is_treated: isTreated })),
        },
        places: await readPlaces(results, one.id),
        draws: (await readDraws(results, one.id)).map(({ drawNo, effect }) => ({ draw_no: drawNo, effect })),
      };
    }),
};

function aboutOf(results: Results, study: Study) {
  return { run: results.manifest.run, study_id: study.id, unit: study.unit };
}

function answered(call: Call, request: unknown, make: (results: Results) => Promise<unknown>): Promise<Response> {
  chooseFormat(undefined, call.headers.get('accept') ?? undefined, ['json']);
  return call.runs.use(undefined, (results) => answerJson(call, results, request, false, () => make(results)));
}

/** @throws InputError `not_found` with the nearest study */
function ofStudy(
  call: Call,
  id: string,
  part: string,
  make: (results: Results, study: Study) => Promise<unknown>,
): Promise<Response> {
  return answered(call, ['study', id, part], async (results) => {
    const studies = await readStudies(results);
    const study = studies.find((one) => one.id === id);
    if (study !== undefined) return make(results, study);
    const close = nearest(
      id.slice(0, 64),
      studies.map((one) => one.id),
    );
    throw new InputError('not_found', `the run has no such study${close ? `; did you mean ${close}?` : ''}`, {
      details: { what: 'study' },
    });
  });
}
