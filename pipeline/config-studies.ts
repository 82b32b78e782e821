import { z } from 'zod';
import { nearest } from './nearest.ts';

export const STUDY_KINDS = ['geo', 'users', 'posting', 'campaign', 'boycott'] as const;
export const STUDY_QUESTIONS = [
  'posting_sales',
  'posting_engagement',
  'engagement_sales',
  'spend_sales',
  'boycott_sales',
] as const;
export const OUTCOMES = ['revenue_net', 'orders', 'new_customers', 'engagements', 'sessions'] as const;

/** Methods that may be registered as primary, by kind; the first is the default. */
const STUDY_METHODS = {
  geo: ['sc', 'randomised', 'paired', 'sdid', 'did', 'ascm', 'tbr', 'bsts', 'callaway_santanna'],
  users: ['itt', 'cuped', 'late'],
  posting: ['switchback'],
  campaign: ['bsts'],
  boycott: ['bsts', 'sc', 'sdid', 'did', 'ascm', 'tbr', 'callaway_santanna'],
} as const satisfies Record<(typeof STUDY_KINDS)[number], readonly string[]>;

/** Methods that can read geos which began on different days; the first is the default. */
export const STAGGERED_METHODS = ['sdid', 'callaway_santanna'] as const;

export type StudyMethod = (typeof STUDY_METHODS)[keyof typeof STUDY_METHODS][number];
const METHODS = [...new Set(Object.values(STUDY_METHODS).flat())] as [StudyMethod, ...StudyMethod[]];

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, { message: 'letters, digits, _ . or -' });
const day = z.union([z.string(), z.date()], { error: 'a day such as 2026-03-01' }).transform((value, context) => {
  const text = value instanceof Date ? value.toISOString().slice(0, 10) : value;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text))) {
    context.addIssue({ code: 'custom', message: 'a day such as 2026-03-01' });
  }
  return text;
});

/** `studies:` of `liftproof.yaml`: questions that were asked before the answer was looked at. */
export const studiesSchema = z
  .array(
    z.strictObject({
      id: name,
      kind: z.enum(STUDY_KINDS),
      question: z.enum(STUDY_QUESTIONS),
      /** what the study treats, and whose spend it is charged with */
      campaigns: z.array(z.string()).default([]),
      channels: z.array(z.string()).default([]),
      /** first and last day of the window, in the reporting zone */
      start: day,
      end: day,
      /** days before the start that are looked at, as far as there are data */
      pre_days: z.number().int().min(1).max(1095).default(180),
      outcome: z.enum(OUTCOMES).optional(),
      method: z.enum(METHODS).optional(),
      level: z.number().gt(0).lt(1).default(0.9),
      /** day on which this entry was written; the log of the assignment stands for it when absent */
      registered: day.optional(),
      /** the study's name in the assignment log; its id when absent */
      assignment: z.string().optional(),
      /** geos that are treated; those of the assignment log when absent */
      treated: z.array(z.string()).default([]),
      /** first day of treated geos that began later than `start` */
      starts: z.record(z.string(), day).default({}),
      /** geos that take no part: treated otherwise, or too near */
      excluded: z.array(z.string()).default([]),
      /** untreated geos that treated ones may have spilled over into: the effect is read again without them */
      neighbours: z.array(z.string()).default([]),
      /** what the treatment cannot have moved: units sold of these products, or visits of these channels */
      negative_controls: z
        .array(
          z.union([
            z.strictObject({ name: z.string(), products: z.array(z.string()).min(1) }),
            z.strictObject({ name: z.string(), channels: z.array(z.string()).min(1) }),
          ]),
        )
        .default([]),
      /** two geos each, of which a coin treated one */
      pairs: z.array(z.array(z.string()).length(2)).default([]),
      /** users: planned share of the treated arm */
      planned_share: z.number().gt(0).lt(1).optional(),
      /** users: read on every run from the start on, by an interval that allows for looking; narrowest at `planned_users` */
      always_valid: z.boolean().default(false),
      planned_users: z.number().int().min(2).optional(),
      /** posting: length of a block, days at its start that are not read, and the seed that the schedule was drawn with */
      block_days: z.number().int().min(1).max(366).optional(),
      washout_days: z.number().int().min(0).max(365).default(0),
      seed: z.number().int().min(0).default(1),
      /** it was started because sales or engagement had moved */
      because_sales_moved: z.boolean().default(false),
      /** largest lift that anyone would believe, as a share */
      plausible_lift: z.number().positive().max(10).default(0.1),
      /** smallest lift worth having, as a share of the time before; break-even when absent */
      margin: z.number().positive().max(10).optional(),
      /** what the treatment cost, in the reporting currency; the spend of its campaigns or channels when absent */
      spend: z.number().min(0).optional(),
      /** share of revenue left after goods, fulfilment and fees */
      contribution_margin: z.number().gt(0).max(1).optional(),
    }),
  )
  .default([]);

/** `lift:` of `liftproof.yaml`. */
export const liftSchema = z
  .strictObject({
    /** reads campaigns without a study as before and after */
    read_campaigns: z.boolean().default(true),
  })
  .prefault({});

export type Study = z.infer<typeof studiesSchema>[number];

/** What a study measures unless it says otherwise. */
export function outcomeOf(study: Pick<Study, 'question' | 'outcome'>): (typeof OUTCOMES)[number] {
  return study.outcome ?? (study.question === 'posting_engagement' ? 'engagements' : 'revenue_net');
}

/** The registered primary method. */
export function methodOf(study: Pick<Study, 'kind' | 'method' | 'pairs' | 'treated' | 'starts'>): StudyMethod {
  if (study.method !== undefined) return study.method;
  if (Object.keys(study.starts).length > 0) return STAGGERED_METHODS[0];
  if (study.kind === 'geo' && study.pairs.length > 0) return 'paired';
  if (study.kind === 'boycott' && study.treated.length > 0) return 'sc';
  return STUDY_METHODS[study.kind][0];
}

/** Days from one to the other, both included. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

/** What no schema sees: settings that contradict each other. Null when all is well. */
export function wrongStudy(
  studies: readonly Study[],
  campaigns: readonly string[],
): { path: PropertyKey[]; message: string } | null {
  const ids = studies.map(({ id }) => id);
  for (const [i, study] of studies.entries()) {
    const at = (key: string, expected: string) => ({
      path: ['studies', i, key],
      message: `studies.${i}.${key} ${expected}`,
    });
    const { kind, question, method } = study;
    if (ids.indexOf(study.id) !== i) return at('id', `${study.id} stands twice; give each study its own id`);
    if (study.end < study.start) return at('end', `is ${study.end}; expected a day from ${study.start}, the start, on`);
    if ((kind === 'boycott') !== (question === 'boycott_sales'))
      return at(
        'question',
        `is ${question}; expected ${kind === 'boycott' ? 'boycott_sales' : `another: kind is ${kind}, not boycott`}`,
      );
    if (question === 'engagement_sales' && kind !== 'posting')
      return at(
        'question',
        'is engagement_sales; expected kind posting: only a randomised schedule tells what an engagement is worth',
      );
    const outcome = outcomeOf(study);
    const isEngagement = outcome === 'engagements' || outcome === 'sessions';
    if (isEngagement !== (question === 'posting_engagement'))
      return at(
        'outcome',
        `is ${outcome}; expected ${question === 'posting_engagement' ? 'engagements or sessions' : 'revenue_net, orders or new_customers'}, as the question is ${question}`,
      );
    if (kind === 'users' && outcome === 'engagements')
      return at(
        'outcome',
        'is engagements; expected sessions, or an outcome of sales: engagement is not counted by user',
      );
    const methods: readonly string[] = STUDY_METHODS[kind];
    if (method !== undefined && !methods.includes(method)) {
      const close = nearest(method, methods);
      return at(
        'method',
        `is ${method}; expected one of ${methods.join(', ')} for kind ${kind}${close ? `; did you mean ${close}?` : ''}`,
      );
    }
    if (method === 'paired' && study.pairs.length < 2)
      return at('method', 'is paired; expected two pairs or more in pairs');
    const unknown = study.campaigns.findIndex((id) => !campaigns.includes(id));
    if (unknown >= 0) {
      const id = study.campaigns[unknown];
      const close = nearest(id, campaigns);
      return {
        path: ['studies', i, 'campaigns', unknown],
        message: `studies.${i}.campaigns.${unknown} is ${id}, which is not in campaigns; ${close ? `did you mean ${close}?` : 'add it there'}`,
      };
    }
    if (kind === 'campaign' && study.campaigns.length === 0)
      return at('campaigns', 'is missing; expected the campaign that the study asks about');
    if (kind === 'campaign' && study.treated.length > 0)
      return at('treated', 'is set; expected kind geo where some geos are treated and others are not');
    const both = study.treated.find((geo) => study.excluded.includes(geo));
    if (both !== undefined) return at('excluded', `names ${both}, which is treated; expected one of both`);
    const apart = wrongStarts(study) ?? wrongRefutation(study);
    if (apart !== null) return at(apart.key, apart.expected);
    if (kind === 'posting') {
      const wrong = wrongBlocks(study);
      if (wrong !== null) return at(wrong.key, wrong.expected);
    }
  }
  return null;
}

interface Wrong {
  key: string;
  expected: string;
}

function wrongBlocks({ block_days, washout_days, start, end }: Study): Wrong | null {
  if (block_days === undefined)
    return { key: 'block_days', expected: 'is missing; expected the length of a block in days' };
  const days = daysBetween(start, end);
  if (days % (2 * block_days) !== 0 || days < 4 * block_days)
    return {
      key: 'end',
      expected: `makes ${days} days; expected an even number of blocks of ${block_days} days, 4 or more`,
    };
  if (washout_days >= block_days)
    return { key: 'washout_days', expected: `is ${washout_days}; expected fewer days than a block has, ${block_days}` };
  return null;
}

function wrongStarts({ kind, method, treated, starts, start, end, pairs }: Study): Wrong | null {
  const geos = Object.keys(starts);
  if (geos.length === 0)
    return method === 'callaway_santanna'
      ? {
          key: 'method',
          expected: 'is callaway_santanna; expected starts, as it reads geos that began on different days',
        }
      : null;
  const wrong = (expected: string): Wrong => ({ key: 'starts', expected });
  if (kind !== 'geo' && kind !== 'boycott') return wrong(`is set; expected kind geo or boycott, not ${kind}`);
  if (pairs.length > 0 || (method !== undefined && !(STAGGERED_METHODS as readonly string[]).includes(method)))
    return wrong(
      `is set; expected method ${STAGGERED_METHODS.join(' or ')}: no other reads geos that began on different days`,
    );
  for (const geo of geos) {
    if (!treated.includes(geo)) return wrong(`names ${geo}, which is not in treated; expected treated geos`);
    if (starts[geo] <= start || starts[geo] > end)
      return wrong(`says ${starts[geo]} for ${geo}; expected a day after ${start}, the first start, up to ${end}`);
  }
  return treated.every((geo) => geos.includes(geo))
    ? wrong(`names every treated geo; expected those that began after ${start}, when the first one did`)
    : null;
}

function wrongRefutation(study: Study): Wrong | null {
  const { kind, method, treated, excluded, neighbours, negative_controls: controls } = study;
  const byPlace = kind === 'geo' || (kind === 'boycott' && treated.length > 0);
  for (const [key, list] of Object.entries({ neighbours, negative_controls: controls }))
    if (list.length > 0 && !byPlace)
      return { key, expected: `is set; expected a study that treats some geos and not others, not kind ${kind}` };
  if (neighbours.length > 0 && (method === 'paired' || study.pairs.length > 0))
    return {
      key: 'neighbours',
      expected: 'is set; expected none where geos are paired: leave out the pairs that touch',
    };
  const own = neighbours.find((geo) => treated.includes(geo) || excluded.includes(geo));
  if (own !== undefined)
    return {
      key: 'neighbours',
      expected: `names ${own}, which is ${treated.includes(own) ? 'treated' : 'excluded already'}; expected untreated geos that take part`,
    };
  const names = controls.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) return { key: 'negative_controls', expected: `names ${twice} twice; expected each once` };
  if (study.always_valid && kind !== 'users')
    return {
      key: 'always_valid',
      expected: `is true; expected kind users: only randomised users may be looked at early`,
    };
  if (study.always_valid && study.planned_users === undefined)
    return {
      key: 'planned_users',
      expected: 'is missing; expected the users of both arms that the test is planned to end with',
    };
  return study.planned_users !== undefined && !study.always_valid
    ? { key: 'planned_users', expected: 'is set; expected always_valid: true, which it belongs to' }
    : null;
}
