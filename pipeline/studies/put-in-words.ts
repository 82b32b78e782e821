import { InputError } from '../../models/errors.ts';
import type { Estimate } from '../../models/estimate.ts';
import { saleVerdict, type VerdictWord, verdictSentence } from '../../models/evidence.ts';
import { breakEven, incrementalityFactor, iroas, probabilityAbove } from '../../models/lift/economics.ts';
import type { Claim, ClaimHead, Measured } from './claim.ts';

/** What it cost, and what it must bring. */
export interface Money {
  /** in the reporting currency; null when unknown */
  spend: number | null;
  /** return that the platforms claim for the same spend; null when they claim none */
  claimedRoas: number | null;
  contributionMargin: number | null;
}

/** What may be said of a claim, and what it means in money. */
export interface Words {
  word: VerdictWord;
  probability: number | null;
  sentence: string;
  iroas: Estimate | null;
  breakEven: number | null;
  paysSentence: string | null;
  factor: Estimate | null;
  nextTest: string | null;
}

/** By rule and no other way: the grade caps the words. */
export function putInWords(claim: Claim, money: Money): Words {
  const { head, measured, reason } = claim;
  if (measured === null) {
    return {
      word: 'cannot_tell_yet',
      probability: null,
      sentence: `We cannot tell yet. ${head.subject}: ${reason ?? 'it was not measured'}. Evidence X.`,
      iroas: null,
      breakEven: null,
      paysSentence: null,
      factor: null,
      nextTest: nextTest(head, null),
    };
  }
  const { estimate, graded, health, equivalence } = measured;
  const verdict = saleVerdict({ estimate, graded, health, equivalence });
  const format = (value: number): string => amountText(head, value);
  const looked = head.isRegistered ? '' : ' Nobody registered this question before looking.';
  const inMoney = head.unit !== 'count' && head.claim !== 'engagement_sales';
  const returned = inMoney && money.spend !== null && money.spend > 0 ? iroas(estimate, money.spend, head.level) : null;
  const even =
    money.spend !== null && money.contributionMargin !== null
      ? breakEven(money.spend, money.contributionMargin).revenue
      : null;
  return {
    word: verdict.word,
    probability: verdict.probability,
    sentence: verdictSentence(verdict, estimate, graded, head.subject, format) + looked,
    iroas: returned,
    breakEven: even,
    paysSentence: inMoney ? paysSentence(head, measured, even, returned) : null,
    factor: returned !== null && money.claimedRoas !== null ? incrementalityFactor(returned, money.claimedRoas) : null,
    nextTest: nextTest(head, measured),
  };
}

/** Whether it paid, a question of its own; nothing is said where the grade does not carry it. */
function paysSentence(
  head: ClaimHead,
  measured: Measured,
  even: number | null,
  returned: Estimate | null,
): string | null {
  const { graded, estimate } = measured;
  const strong = graded.grade === 'A' || graded.grade === 'B';
  const back =
    returned === null
      ? ''
      : ` Each ${head.unit} spent brought ${plain(returned.value)}${returned.interval === null ? '' : ` (${Math.round(100 * returned.interval.level)} %: ${plain(returned.interval.lo)} to ${plain(returned.interval.hi)})`}.`;
  if (even === null) {
    return back === ''
      ? null
      : strong
        ? `${back.trim()} Whether that pays hangs on the contribution margin; set contribution_margin.`
        : null;
  }
  const target = `break-even of ${amountText(head, even)}`;
  const above = probabilityAbove(estimate, even);
  if (!strong) return `Whether it paid cannot be told: evidence ${graded.grade} does not carry it (${target}).`;
  const likely = above === null ? '' : `, ${Math.round(100 * above)} % likely above the ${target}`;
  const { interval } = estimate;
  if ((above !== null && above >= 0.95) || (above === null && interval !== null && interval.lo > even))
    return `It paid${likely}.${back}`;
  if ((above !== null && above <= 0.05) || (above === null && interval !== null && interval.hi < even))
    return `It did not pay${likely}.${back}`;
  return `Whether it paid cannot be told yet${likely}.${back}`;
}

/** The least that would tell more; null where the answer stands. */
function nextTest(head: ClaimHead, measured: Measured | null): string | null {
  if (measured === null) return null;
  const { grade } = measured.graded;
  const carryover = measured.estimate.diagnostics.carryover as { pValue: number } | undefined;
  if (carryover !== undefined && carryover.pValue <= 1 - head.level)
    return 'The same schedule with more washout_days: what was posted in one block still acts in the next, so the effect is larger than it looks.';
  if (grade === 'A') return null;
  const social =
    head.claim === 'posting_sales' || head.claim === 'posting_engagement' || head.claim === 'engagement_sales';
  const longer = moreOfTheSame(head, measured);
  if (measured.design === 'users' || measured.design === 'geo_experiment' || measured.design === 'switchback')
    return longer ?? 'The same test again, longer or with more units: "liftproof plan" says how much.';
  if (head.claim === 'boycott_sales')
    return 'Nobody can draw who boycotts. Load orders and engagement by country and region, and compare places where the anger was loud with places where it was not (kind boycott with treated geos).';
  return social
    ? 'A randomised posting schedule by region: "liftproof plan posting" draws it with its seed and says how many weeks it needs.'
    : 'Regions held out at random: "liftproof plan geo" names them, the weeks and the cost.';
}

/** An experiment needs (MDE / effect)^2 times what it had, at the effect that it saw. */
function moreOfTheSame(
  head: ClaimHead,
  { mde, estimate, design, treatedUnits, controlUnits, periods }: Measured,
): string | null {
  if (mde === null || !(Math.abs(estimate.value) > 0)) return null;
  const times = (mde / Math.abs(estimate.value)) ** 2;
  if (!(times > 1) || !Number.isFinite(times)) return null;
  if (times > 1000)
    return `An effect of ${amountText(head, estimate.value)} is too small for this kind of test to find.`;
  if (design === 'users')
    return `The same test with ${grouped(Math.ceil(times * (treatedUnits + controlUnits)))} users would find an effect as large as the one seen.`;
  const unit = design === 'switchback' ? 'blocks' : 'days';
  return `The same test for ${grouped(Math.ceil(times * periods))} ${unit} would find an effect as large as the one seen.`;
}

const COUNTED: Readonly<Record<string, string>> = {
  orders: 'orders',
  new_customers: 'new customers',
  engagements: 'engagements',
  sessions: 'visits',
};

/** A value in the unit of its claim: `+4,165 EUR`, `-36 orders`, `+0.52 EUR per engagement`. */
export function amountText(head: Pick<ClaimHead, 'unit' | 'outcome' | 'claim'>, value: number): string {
  const what = head.unit === 'count' ? (COUNTED[head.outcome] ?? head.outcome) : head.unit;
  const per = head.claim === 'engagement_sales' ? ' per engagement' : '';
  return `${value > 0 ? '+' : value < 0 ? '-' : ''}${plain(Math.abs(value))} ${what}${per}`;
}

function plain(value: number): string {
  const sign = value < 0 ? '-' : '';
  const size = Math.abs(value);
  return size >= 100 ? sign + grouped(Math.round(size)) : sign + String(Number(size.toPrecision(3)));
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** An error that a study may fall over, as a reason inside a sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof InputError)) throw error;
  return error.message.replace(/\.$/, '');
}
