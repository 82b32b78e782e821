import { InputError } from '../models/errors.ts';
import { VERDICTS, type VerdictWord } from '../models/evidence.ts';
import type { Grade } from '../models/lift/gates/types.ts';
import { type ClaimAnswer, claimAnswer } from './claim-answer.ts';
import { nearest } from './nearest.ts';
import type { Results } from './results.ts';
import { hasTable } from './views/make-table.ts';
import { readStudies, type Study } from './views/read-studies.ts';

/** The claims, each with what it is called. Never mixed: what posts do to engagement says nothing about sales. */
export const CLAIMS = {
  posting_engagement: 'Posting → engagement',
  posting_sales: 'Posting → sales',
  engagement_sales: 'Engagement → sales',
  spend_sales: 'Advertising → sales',
  boycott_sales: 'Boycott → sales',
} as const;
export type ClaimName = keyof typeof CLAIMS;

/** Always answered, if only by saying that nobody asked. */
const THREE: readonly ClaimName[] = ['posting_engagement', 'posting_sales', 'engagement_sales'];

/** Claims that answer "did it sell?", the most direct first. */
const ANSWERING: readonly string[] = ['posting_sales', 'engagement_sales', 'spend_sales'];
/** Claims about posting and engagement themselves. */
const DIRECT: readonly string[] = ['posting_sales', 'engagement_sales'];
const LADDER: readonly Grade[] = ['A', 'B', 'D', 'C', 'E', 'X'];

export interface AnswerOptions {
  /** channel, or campaign, that a study treats */
  channel?: string;
  /** first and last day; studies whose window touches them */
  from?: string;
  to?: string;
  /** id of a study, or of one of its claims */
  study?: string;
}

/** One claim in a line. */
export interface ClaimLine {
  study_id: string;
  is_registered: boolean;
  word: VerdictWord;
  grade: Grade;
  sentence: string;
}

/** The verdict: what was sold because of it, how sure that is, and what would make it surer. */
export interface VerdictAnswer {
  schema_version: 1;
  question: 'social_lift';
  workspace: string;
  run: string;
  run_hash: string;
  currency: string;
  period: { from: string | null; to: string | null };
  asked: { channel: string | null; from: string | null; to: string | null; study: string | null };
  word: VerdictWord;
  grade: Grade;
  sentence: string;
  /** what the sentence is not about; null when it answers the question itself */
  scope: string | null;
  /** whether it paid, a question of its own; null where nothing may be said */
  pays_sentence: string | null;
  /** the cheapest thing to do to know more; null where the answer stands */
  next_test: string | null;
  /** the claim that the sentence is about; null when nobody registered one */
  headline: ClaimAnswer | null;
  /** the three claims, kept apart, and others that were asked */
  claims: { claim: ClaimName; title: string; answers: ClaimLine[]; missing: string | null }[];
  /** read as before and after without having been registered: never the headline */
  unregistered: ClaimLine[];
  /** claims of the whole run that were tested, shown because the best of many is partly lucky */
  looked_at: number;
}

/**
 * Did social engagement sell anything, and how sure are we? From the published run alone: never the warehouse.
 *
 * The headline is the registered claim on sales that is most direct; of several the best supported, then the latest. Readings that
 * nobody registered are told beside it and never become it, unless one is asked for by name.
 *
 * @throws InputError `not_found` for a study that the run does not have, `unknown_name` for a channel that it does not know, `usage`
 *   when `from` is after `to`
 */
export async function answerQuestion(results: Results, options: AnswerOptions = {}): Promise<VerdictAnswer> {
  const { channel, from, to, study } = options;
  if (from !== undefined && to !== undefined && from > to) {
    throw new InputError('usage', `from is ${from}, after to, ${to}; turn them round`);
  }
  const all = await readStudies(results);
  const around = (await ofChannel(results, all, channel)).filter(
    ({ startDate, endDate }) =>
      (from === undefined || (endDate ?? '9999') >= from) && (to === undefined || (startDate ?? '') <= to),
  );
  const asked = named(around, all, study);
  const chosen = headlineOf(asked, study !== undefined);
  const direct = around.some(({ isRegistered, claim }) => isRegistered && DIRECT.includes(claim));
  const { manifest } = results;
  const headline = chosen === null ? null : await claimAnswer(results, chosen);
  return {
    schema_version: 1,
    question: 'social_lift',
    workspace: manifest.workspace,
    run: manifest.run,
    run_hash: manifest.run_hash,
    currency: manifest.currency,
    period: manifest.period,
    asked: { channel: channel ?? null, from: from ?? null, to: to ?? null, study: study ?? null },
    word: chosen?.word ?? 'cannot_tell',
    grade: chosen?.grade ?? 'X',
    sentence: chosen?.sentence ?? nothingRegistered(results, options, all),
    scope: chosen === null || direct || DIRECT.includes(chosen.claim) ? null : NOT_ABOUT_POSTING,
    pays_sentence: chosen?.paysSentence ?? null,
    next_test: chosen?.cheapestNextTest ?? (direct ? null : WOULD_SETTLE),
    headline,
    claims: claimsApart(around),
    unregistered: asked.filter((one) => !one.isRegistered && one !== chosen).map(lineOf),
    looked_at: all.reduce((most, { lookedAt }) => Math.max(most, lookedAt ?? 0), 0),
  };
}

/**
 * The claim that answers "did it sell?": registered, measured before unmeasured, most direct, best grade, latest.
 *
 * @param byName  a study was asked for by name: then any of its claims may answer, registered or not
 */
export function headlineOf(studies: readonly Study[], byName = false): Study | null {
  const rank = (list: readonly string[], value: string): number => {
    const at = list.indexOf(value);
    return at < 0 ? list.length : at;
  };
  const able = byName
    ? studies
    : studies.filter(({ isRegistered, claim }) => isRegistered && ANSWERING.includes(claim));
  const [first] = [...able].sort(
    (a, b) =>
      Number(a.value === null) - Number(b.value === null) ||
      rank(ANSWERING, a.claim) - rank(ANSWERING, b.claim) ||
      rank(LADDER, a.grade) - rank(LADDER, b.grade) ||
      compare(b.endDate ?? '', a.endDate ?? '') ||
      compare(a.id, b.id),
  );
  return first ?? null;
}

function named(studies: readonly Study[], all: readonly Study[], name: string | undefined): readonly Study[] {
  if (name === undefined) return studies;
  const isNamed = ({ id, study }: Study): boolean => id === name || study === name;
  if (all.some(isNamed)) return studies.filter(isNamed);
  const known = [...new Set(all.flatMap(({ id, study }) => [study, id]))];
  const close = nearest(name, known);
  throw new InputError(
    'not_found',
    `the run has no study ${name}; ${close ? `did you mean ${close}?` : known.length === 0 ? 'it has none' : `it has ${[...new Set(all.map(({ study }) => study))].join(', ')}`}`,
    { details: { nearest: close } },
  );
}

/** Studies that treat a channel: named in their driver, or by a campaign that ran on it. */
async function ofChannel(
  results: Results,
  studies: readonly Study[],
  channel: string | undefined,
): Promise<readonly Study[]> {
  if (channel === undefined) return studies;
  const rows = (
    await Promise.all(
      ['attribution', 'spend']
        .filter((table) => hasTable(results, table))
        .map((table) =>
          results.rows<{ channel: string; campaign_id: string }>(`select distinct channel, campaign_id from ${table}`),
        ),
    )
  ).flat();
  const same = (name: string): boolean => name.toLowerCase() === channel.toLowerCase();
  const drivers = studies.flatMap(driversOf);
  const known = [...new Set([...rows.flatMap((row) => [row.channel, row.campaign_id]), ...drivers])].sort();
  if (!known.some(same)) {
    const close = nearest(channel, known);
    const named = known.filter((name) => !name.startsWith('('));
    throw new InputError(
      'unknown_name',
      `channel is ${channel}, and the run has no such channel or campaign; ${close ? `did you mean ${close}?` : `known are ${named.join(', ')}`}`,
      { details: { nearest: close } },
    );
  }
  const campaigns = new Set(rows.filter((row) => same(row.channel)).map((row) => row.campaign_id));
  return studies.filter((study) => driversOf(study).some((driver) => same(driver) || campaigns.has(driver)));
}

function driversOf({ driver }: Study): string[] {
  return driver === null ? [] : driver.split(',');
}

function claimsApart(studies: readonly Study[]): VerdictAnswer['claims'] {
  const registered = studies.filter(({ isRegistered }) => isRegistered);
  return (Object.keys(CLAIMS) as ClaimName[])
    .map((claim) => {
      const answers = registered
        .filter((study) => study.claim === claim)
        .sort((a, b) => LADDER.indexOf(a.grade) - LADDER.indexOf(b.grade) || compare(a.id, b.id))
        .map(lineOf);
      return { claim, title: CLAIMS[claim], answers, missing: answers.length > 0 ? null : MISSING[claim] };
    })
    .filter(({ claim, answers }) => THREE.includes(claim) || answers.length > 0);
}

/** What would answer a claim that nobody registered. */
const MISSING: Readonly<Record<ClaimName, string>> = {
  posting_engagement: 'Nobody asked. A randomised posting schedule answers it: "liftproof plan posting".',
  posting_sales: 'Nobody asked. A randomised posting schedule answers it: "liftproof plan posting".',
  engagement_sales:
    'Nobody asked. Only a randomised posting schedule can tell, with its coin as the instrument; sales are never regressed on likes.',
  spend_sales: 'Nobody asked. Regions held out at random answer it: "liftproof plan geo".',
  boycott_sales: 'Nobody asked.',
};

const NOT_ABOUT_POSTING =
  'This is not about posting or engagement by themselves: what those sell, nobody has asked yet.';

const WOULD_SETTLE =
  'A randomised posting schedule by region costs nothing but patience: "liftproof plan posting" draws it with its seed, says how many weeks it needs, and prints the entry of studies: that registers it. For paid campaigns: "liftproof plan geo".';

function nothingRegistered(results: Results, { channel, from, to }: AnswerOptions, all: readonly Study[]): string {
  const about = channel === undefined ? '' : ` about ${channel}`;
  const when = from === undefined && to === undefined ? '' : ` between ${from ?? 'the beginning'} and ${to ?? 'now'}`;
  const head = `${VERDICTS.cannot_tell}.`;
  if (!hasTable(results, 'lift_study')) return `${head} This run measured no studies; run "liftproof run" again.`;
  const elsewhere = all.filter(({ isRegistered, claim }) => isRegistered && ANSWERING.includes(claim)).length;
  const others =
    (about !== '' || when !== '') && elsewhere > 0 ? ` (${elsewhere} elsewhere: leave the filter out)` : '';
  return `${head} No question on sales was registered${about}${when}${others}. Credit on paths says who was there before a sale, not what would not have been sold.`;
}

function lineOf({ id, isRegistered, word, grade, sentence }: Study): ClaimLine {
  return { study_id: id, is_registered: isRegistered, word, grade, sentence };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
