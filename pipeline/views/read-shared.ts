import { InputError } from '../../models/errors.ts';
import { divideHalfEven, formatDecimal, parseDecimal } from '../../models/numeric/money.ts';
import { answerQuestion, type VerdictAnswer } from '../answer.ts';
import type { Results } from '../results.ts';
import type { Table } from '../table.ts';
import { creditColumn, hasTable, makeTable, moneyColumn, ratioColumn, textColumn } from './make-table.ts';
import { readEstimates, readStudies, type Study, type StudyEstimate } from './read-studies.ts';

/** Credit and spend by channel, or by channel and campaign, as readers outside may see it: from `shared_credit` and nothing else. */
export interface SharedCredit {
  table: Table;
  rows: SharedRow[];
  /** groups that are summed in (suppressed) */
  folded: number;
}

export interface SharedRow {
  channel: string;
  campaign: string | null;
  conversions: string;
  revenue_net: string;
  spend: string;
  roas: string | null;
}

/**
 * No rows when fewer persons than `shared_k` stand behind the whole run.
 *
 * @throws InputError `not_published` for a run of before there were share links
 */
export async function readSharedCredit(results: Results, by: 'channels' | 'campaigns'): Promise<SharedCredit> {
  checkShared(results, 'shared_credit');
  const isByCampaign = by === 'campaigns';
  const sums = await results.rows<Record<string, string | null>>(
    `with named as (
        select *, ${isByCampaign ? `case when is_suppressed then '(suppressed)' else coalesce(campaign_name, campaign_id) end` : 'null'} as campaign,
            ${isByCampaign ? 'is_suppressed' : `channel = '(suppressed)'`} as is_folded
        from shared_credit
     ), summed as (
        select channel, campaign,
            cast(sum(conversions) as decimal(28, 9)) as conversions, cast(sum(revenue_net) as decimal(28, 3)) as revenue_net,
            cast(sum(spend) as decimal(28, 3)) as spend, sum(case when is_folded then folded_rows else 0 end) as folded
        from named
        group by channel, campaign
     )
     select * from summed order by channel = '(suppressed)', revenue_net desc, channel, campaign`,
  );
  const rows = sums.map((row): SharedRow => {
    const [channel, conversions, revenue_net, spend] = [row.channel!, row.conversions!, row.revenue_net!, row.spend!];
    return { channel, campaign: row.campaign, conversions, revenue_net, spend, roas: ratio(revenue_net, spend) };
  });
  const total = (name: 'conversions' | 'revenue_net' | 'spend', scale: number): string =>
    formatDecimal(
      rows.reduce((sum, row) => sum + parseDecimal(row[name], scale), 0n),
      scale,
    );
  const totals = {
    conversions: total('conversions', 9),
    revenue_net: total('revenue_net', 3),
    spend: total('spend', 3),
  };
  const table = makeTable(
    [
      textColumn('channel', 'Channel'),
      ...(isByCampaign ? [textColumn('campaign', 'Campaign')] : []),
      creditColumn('conversions', 'Orders'),
      moneyColumn('revenue_net', 'Revenue, net', results),
      moneyColumn('spend', 'Spend', results),
      ratioColumn('roas', 'ROAS'),
    ],
    rows as unknown as Record<string, unknown>[],
  );
  return {
    rows,
    table: {
      ...table,
      totals: [
        'Total',
        ...(isByCampaign ? [''] : []),
        ...Object.values(totals),
        ratio(totals.revenue_net, totals.spend),
      ],
    },
    folded: sums.reduce((sum, row) => sum + Number(row.folded ?? 0), 0),
  };
}

/** The verdict as readers outside may see it: studies in whose time and places too few persons bought are not there. */
export interface SharedAnswer {
  answer: VerdictAnswer;
  /** of the headline */
  study: Study | undefined;
  estimates: StudyEstimate[];
  /** claims that are kept back */
  hidden: number;
}

/** @throws InputError `not_published` for a run of before there were share links */
export async function readSharedAnswer(results: Results): Promise<SharedAnswer> {
  checkShared(results, 'shared_study');
  const answer = await answerQuestion(results);
  const rows = await results.rows<{ study_id: string }>('select study_id from shared_study where is_shared');
  const shared = new Set(rows.map((row) => row.study_id));
  const studies = await readStudies(results);
  const isHidden = answer.headline !== null && !shared.has(answer.headline.study_id);
  const study = isHidden ? undefined : studies.find((one) => one.id === answer.headline?.study_id);
  return {
    answer: {
      ...answer,
      ...(isHidden
        ? {
            word: 'cannot_tell' as const,
            grade: 'X' as const,
            sentence: `The answer is about fewer than ${sharedKOf(results)} persons, too few to be shown outside.`,
            scope: null,
            pays_sentence: null,
            next_test: null,
            headline: null,
          }
        : {}),
      claims: answer.claims.map((claim) => ({
        ...claim,
        answers: claim.answers.filter((line) => shared.has(line.study_id)),
      })),
      unregistered: [],
    },
    study,
    estimates: study === undefined ? [] : await readEstimates(results, study.id),
    hidden: studies.filter((one) => !shared.has(one.id)).length,
  };
}

/** Persons that a shown row tells of at least. */
export function sharedKOf(results: Results): number {
  return results.manifest.shared_k ?? 50;
}

function checkShared(results: Results, table: string): void {
  if (!hasTable(results, table))
    throw new InputError(
      'not_published',
      `the published run has no table ${table}, which share links show; run "liftproof run" again`,
    );
}

/** To four places, half to even; null where nothing was spent. */
function ratio(over: string, under: string): string | null {
  const [a, b] = [parseDecimal(over, 3), parseDecimal(under, 3)];
  return b <= 0n ? null : formatDecimal(divideHalfEven(a * 10_000n, b), 4);
}
