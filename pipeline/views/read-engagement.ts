import type { Results } from '../results.ts';

/** Kinds of engagement that are recomputed from their parts, as in `post.engagements`. */
export const ENGAGEMENT_KINDS = ['reactions', 'comments', 'shares', 'saves'] as const;

export interface EngagementWeek {
  week: string;
  platform: string;
  engagements: number;
}

/** Engagements by week and platform within the period. */
export async function readEngagementWeeks(results: Results, from: string, to: string): Promise<EngagementWeek[]> {
  const rows = await results.rows<{ week: string; platform: string; engagements: string }>(
    `select cast(cast(date_trunc('week', report_date) as date) as varchar) as week, platform, sum(value) as engagements
     from engagement
     where metric in ('${ENGAGEMENT_KINDS.join("', '")}') and report_date between cast($from as date) and cast($to as date)
     group by 1, platform
     having sum(value) > 0
     order by 1, platform`,
    { from, to },
  );
  return rows.map((row) => ({ week: row.week, platform: row.platform, engagements: Number(row.engagements) }));
}

export interface PostFacts {
  /** reel, video, story and so on; null where the source does not say */
  kind: string | null;
  /** an address of the web, or null */
  permalink: string | null;
}

/** What is known of posts besides their numbers, by `platform post_id`. An address that is not https is none: it comes from a file. */
export async function readPostFacts(results: Results): Promise<Map<string, PostFacts>> {
  const rows = await results.rows<Record<string, string | null>>('select platform, post_id, kind, permalink from post');
  return new Map(
    rows.map(({ platform, post_id, kind, permalink }) => [
      `${platform} ${post_id}`,
      { kind, permalink: permalink !== null && isHttps(permalink) ? permalink : null },
    ]),
  );
}

function isHttps(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === 'https:';
}

export interface PlatformEngagement {
  platform: string;
  posts: number;
  engagements: number;
  negative: number;
  /** credited to its posts under the model; credit, not proof */
  conversions: string;
  revenue: string;
}

/** Posts, engagements and credited sales by platform. Whole run. */
export async function readPlatforms(results: Results, model: string): Promise<PlatformEngagement[]> {
  const rows = await results.rows<Record<string, string>>(
    `with posts as (
       select platform, count(*) as posts, sum(engagements) as engagements, sum(coalesce(negative, 0)) as negative from post group by platform
     ), credit as (
       select platform, sum(conversions) as conversions, sum(revenue_net) as revenue from post_credit where model = $model group by platform
     )
     select posts.platform, posts, engagements, negative, coalesce(conversions, 0) as conversions, coalesce(revenue, 0) as revenue
     from posts left join credit on credit.platform = posts.platform
     order by revenue desc, posts.platform`,
    { model },
  );
  return rows.map((row) => ({
    platform: row.platform,
    posts: Number(row.posts),
    engagements: Number(row.engagements),
    negative: Number(row.negative),
    conversions: String(row.conversions),
    revenue: String(row.revenue),
  }));
}

/** Credited revenue by kind of engagement, where a touch was shared out over posts. Whole run. */
export async function readKinds(
  results: Results,
  model: string,
): Promise<{ kind: string; matched_by: string; conversions: string; revenue: string }[]> {
  return results.rows(
    `select engagement_kind as kind, matched_by, cast(sum(conversions) as varchar) as conversions, cast(sum(revenue_net) as varchar) as revenue
     from post_credit where model = $model group by 1, 2 order by sum(revenue_net) desc, 1, 2`,
    { model },
  );
}
