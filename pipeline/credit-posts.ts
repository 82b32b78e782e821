import { allocator } from '../models/attribution/allocate.ts';
import { type Config, RULE_MODELS } from './config.ts';
import { quoteText, type Warehouse } from './warehouse.ts';

interface EarnedRow {
  model: string;
  campaign_id: string;
  platform: string;
  post_id: string | null;
  touch_date: string;
  matched_by: string;
  credit: string;
  gross_minor: string;
  net_minor: string;
}

interface WeightRow {
  campaign_id: string;
  platform: string;
  post_id: string;
  engagement_kind: string;
  engagement_date: string;
  weight: string;
}

/**
 * Gives posts and engagement kinds their share of what organic social touches earned: `result.post_credit`, which adds up to
 * `result.post_earned` in every model.
 *
 * A touch that names its post gives it all (kind `link_clicks`: the visit came through it). A touch of a campaign is shared out over
 * the campaign's posts (on its own platform when it has one) by weight x 0.5^(age / half-life) of the engagement on the days before
 * it, within `windows.campaign_days`. Where there was none, the credit stays in the row `(no post)`.
 */
export async function creditPosts(warehouse: Warehouse, config: Config): Promise<void> {
  await warehouse.run(`create or replace table result.post_earned as ${earnedSql(config.reporting.time_zone)}`);
  const earned = await warehouse.rows<EarnedRow>(
    'select model, campaign_id, platform, post_id, cast(touch_date as varchar) as touch_date, matched_by, credit, gross_minor, net_minor from result.post_earned order by all',
  );
  const weights = await warehouse.rows<WeightRow>(
    `select campaign_id, platform, post_id, engagement_kind, cast(engagement_date as varchar) as engagement_date, weight
     from journey.engagement order by all`,
  );
  const shares = shareLookup(weights, config);
  await warehouse.run(`
    create or replace table result.post_credit (model varchar, platform varchar, post_id varchar, engagement_kind varchar, campaign_id varchar,
      matched_by varchar, credit bigint, gross_minor bigint, net_minor bigint)`);
  const out: string[] = [];
  for (const row of earned) out.push(...partsOf(row, shares));
  for (let from = 0; from < out.length; from += 1000) {
    await warehouse.run(`insert into result.post_credit values ${out.slice(from, from + 1000).join(', ')}`);
  }
}

function earnedSql(timeZone: string): string {
  return RULE_MODELS.map(
    (model) => `
    select
        '${model}' as model,
        coalesce(step.campaign_id, '(none)') as campaign_id,
        coalesce(step.platform, '(none)') as platform,
        step.post_id,
        cast(timezone('${quoteText(timeZone)}', step.touched_at) as date) as touch_date,
        step.matched_by,
        sum(amount.${model}_credit) as credit,
        sum(case when amount.event_kind = 'sale' then amount.${model}_minor else 0 end) as gross_minor,
        sum(amount.${model}_minor) as net_minor
    from attribution.amount as amount
    inner join journey.step as step
        on step.conversion_id = amount.conversion_id
        and step.step = amount.step
    where step.post_id is not null
        or (step.campaign_id is not null and step.channel in ('Organic Social', 'Organic Video', 'Fediverse', 'Link in Bio', 'Influencer', 'Messaging'))
    group by all`,
  ).join(' union all ');
}

interface Share {
  platform: string;
  post_id: string;
  engagement_kind: string;
  /** in [0, 1], summing to 1 over the shares of a touch */
  share: number;
}

function partsOf(row: EarnedRow, sharesOf: (row: EarnedRow) => readonly Share[]): string[] {
  const value = (platform: string, post: string, kind: string, amounts: readonly number[]): string =>
    `(${[row.model, platform, post, kind, row.campaign_id, row.matched_by].map((text) => `'${quoteText(text)}'`).join(', ')}, ${amounts.join(', ')})`;
  const whole = [Number(row.credit), Number(row.gross_minor), Number(row.net_minor)];
  if (row.post_id !== null) return [value(row.platform, row.post_id, 'link_clicks', whole)];
  const shares = sharesOf(row);
  if (shares.length === 0) return [value(row.platform, '(no post)', '(none)', whole)];
  const { freeze, split } = allocator(shares.length);
  const credit = new Float64Array(shares.length);
  freeze(
    Float64Array.from(shares, (share) => share.share),
    credit,
    shares.length,
  );
  const parts = whole.map((amount) => {
    const part = new Float64Array(shares.length);
    split(amount, credit, part, shares.length);
    return part;
  });
  return shares.map((share, i) =>
    value(
      share.platform,
      share.post_id,
      share.engagement_kind,
      parts.map((part) => part[i]),
    ),
  );
}

/** Shares by campaign, platform and day: the models ask for the same ones again and again. */
function shareLookup(weights: readonly WeightRow[], config: Config): (row: EarnedRow) => readonly Share[] {
  const byDay = new Map<string, WeightRow[]>();
  for (const weight of weights) {
    const key = `${weight.campaign_id}\n${dayNumber(weight.engagement_date)}`;
    const list = byDay.get(key);
    if (list) list.push(weight);
    else byDay.set(key, [weight]);
  }
  const known = new Map<string, readonly Share[]>();
  return (row) => {
    const key = `${row.campaign_id}\n${row.platform}\n${row.touch_date}`;
    let shares = known.get(key);
    if (shares === undefined) {
      shares = windowShares(row, byDay, config);
      known.set(key, shares);
    }
    return shares;
  };
}

function windowShares(row: EarnedRow, byDay: ReadonlyMap<string, readonly WeightRow[]>, config: Config): Share[] {
  const day = dayNumber(row.touch_date);
  const sums = new Map<string, Share>();
  let total = 0;
  for (let age = 1; age <= config.windows.campaign_days; age++) {
    const decay = 0.5 ** (age / config.engagement.half_life_days);
    for (const weight of byDay.get(`${row.campaign_id}\n${day - age}`) ?? []) {
      if (row.platform !== '(none)' && weight.platform !== row.platform) continue;
      const key = JSON.stringify([weight.platform, weight.post_id, weight.engagement_kind]);
      const sum = sums.get(key) ?? {
        platform: weight.platform,
        post_id: weight.post_id,
        engagement_kind: weight.engagement_kind,
        share: 0,
      };
      sum.share += Number(weight.weight) * decay;
      total += Number(weight.weight) * decay;
      sums.set(key, sum);
    }
  }
  return [...sums.values()].map((sum) => ({ ...sum, share: sum.share / total }));
}

function dayNumber(date: string): number {
  return Date.parse(date) / 86_400_000;
}
