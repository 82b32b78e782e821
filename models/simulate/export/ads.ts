import { isoDay } from '../calendar.ts';
import { hash32, seedOf } from '../hash.ts';
import type { Market } from '../market.ts';
import { AD_ACCOUNTS, byItemAndDay, nativeCampaignId, rowsOf } from './ad-rows.ts';
import { money, sparseCsvFile } from './text.ts';

const TIKTOK_HEADER =
  'AD_ID,STAT_TIME_HOUR,COST_PER_CONVERSION,CPC,VIDEO_PLAY_ACTIONS,CONVERSION_RATE,VIDEO_VIEWS_P_75,RESULT,VIDEO_VIEWS_P_50,IMPRESSIONS,COMMENTS,REAL_TIME_COST_PER_RESULT,CONVERSION,REAL_TIME_RESULT,VIDEO_VIEWS_P_100,SHARES,REAL_TIME_CONVERSION_RATE,COST_PER_SECONDARY_GOAL_RESULT,SECONDARY_GOAL_RESULT_RATE,CLICKS,COST_PER_1000_REACHED,VIDEO_VIEWS_P_25,REACH,REAL_TIME_COST_PER_CONVERSION,PROFILE_VISITS_RATE,AVERAGE_VIDEO_PLAY,PROFILE_VISITS,CPM,CTR,VIDEO_WATCHED_2_S,FOLLOWS,RESULT_RATE,VIDEO_WATCHED_6_S,SECONDARY_GOAL_RESULT,COST_PER_RESULT,AVERAGE_VIDEO_PLAY_PER_USER,REAL_TIME_RESULT_RATE,SPEND,LIKES,REAL_TIME_CONVERSION,TOTAL_PURCHASE_VALUE,TOTAL_SALES_LEAD_VALUE,_FIVETRAN_SYNCED'.split(
    ',',
  );

/** Hours (UTC) in which TikTok delivered, and the share of the day's delivery in each. */
const TIKTOK_HOURS = [
  { hour: 7, share: 0.3 },
  { hour: 16, share: 0.3 },
  { hour: 19, share: 0.4 },
];

/** TikTok, as Fivetran lays it down: upper-case headers, one row per ad and hour in UTC, `-` for what is missing. */
export function tiktokAdsCsv(market: Market): string {
  return tiktokSync(market, market.context.dials.days, 1);
}

/**
 * An earlier sync of the same table, of the first two thirds of the window: platforms restate their days, so the last
 * week in it still lacks a part of the impressions, clicks and spend. The later `_FIVETRAN_SYNCED` holds.
 */
export function tiktokAdsEarlierCsv(market: Market): string {
  return tiktokSync(market, Math.floor((market.context.dials.days * 2) / 3), 0.9);
}

function tiktokSync(market: Market, endDay: number, freshShare: number): string {
  const synced = `${isoDay(market.context.dials.firstDay + endDay - 1)} 23:40:00.000`;
  const known = byItemAndDay(rowsOf(market, 'tiktok_ads')).filter(({ row }) => row.day < endDay);
  const rows = known.flatMap(({ row: billed, item, date }) => {
    const share = billed.day >= endDay - 7 ? freshShare : 1;
    const row = {
      ...billed,
      impressions: Math.floor(billed.impressions * share),
      reach: Math.floor(billed.reach * share),
      clicks: Math.floor(billed.clicks * share),
      spend: Math.floor(billed.spend * share),
    };
    const left = { ...row };
    return TIKTOK_HOURS.map(({ hour, share }, index) => {
      const isLast = index === TIKTOK_HOURS.length - 1;
      const part = (name: 'impressions' | 'reach' | 'clicks' | 'spend'): number => {
        const value = isLast ? left[name] : Math.floor(row[name] * share);
        left[name] -= value;
        return value;
      };
      const spend = part('spend');
      const impressions = part('impressions');
      return {
        AD_ID: item.nativeId,
        STAT_TIME_HOUR: `${date} ${String(hour).padStart(2, '0')}:00:00`,
        IMPRESSIONS: impressions,
        CLICKS: part('clicks'),
        REACH: part('reach'),
        SPEND: money(spend),
        CPM: impressions > 0 ? money((spend * 1000) / impressions) : '0',
        CONVERSION: isLast ? row.conversions : 0,
        RESULT: isLast ? row.conversions : 0,
        TOTAL_PURCHASE_VALUE: isLast ? money(row.conversionValue) : '0.00',
        TOTAL_SALES_LEAD_VALUE: '0.00',
        COST_PER_SECONDARY_GOAL_RESULT: '-',
        SECONDARY_GOAL_RESULT_RATE: '-',
        SECONDARY_GOAL_RESULT: '-',
        _FIVETRAN_SYNCED: synced,
      };
    });
  });
  return sparseCsvFile(TIKTOK_HEADER, rows, '0');
}

const GOOGLE_HEADER =
  '_fivetran_id,customer_id,date,_fivetran_synced,active_view_impressions,active_view_measurability,active_view_measurable_cost_micros,active_view_measurable_impressions,active_view_viewability,ad_network_type,base_campaign,clicks,conversions,conversions_value,cost_micros,device,id,impressions,interaction_event_types,interactions,view_through_conversions'.split(
    ',',
  );

/** Google Ads campaign statistics: money in micros, a row per campaign, day and device. */
export function googleAdsCsv(market: Market): string {
  const seed = seedOf(market.context.dials.seed, 'google rows');
  const rows = byItemAndDay(rowsOf(market, 'google_ads')).flatMap(({ row, item, date }, position) =>
    (['MOBILE', 'DESKTOP'] as const).map((device, index) => {
      const part = (value: number): number => (index === 0 ? Math.ceil(value * 0.6) : value - Math.ceil(value * 0.6));
      const id = nativeCampaignId(market, item.channel, item.campaign);
      return {
        _fivetran_id: hash32(seed, position, index).toString(16),
        customer_id: AD_ACCOUNTS.google,
        date,
        _fivetran_synced: `${market.context.dials.lastDate} 21:17:10`,
        ad_network_type: 'SEARCH',
        base_campaign: `customers/${AD_ACCOUNTS.google}/campaigns/${id}`,
        clicks: part(row.clicks),
        conversions: index === 0 ? row.conversions : 0,
        conversions_value: index === 0 ? row.conversionValue / 100 : 0,
        cost_micros: part(row.spend) * 10000,
        device,
        id,
        impressions: part(row.impressions),
        interaction_event_types: '[CLICK]',
        interactions: part(row.clicks),
      };
    }),
  );
  return sparseCsvFile(GOOGLE_HEADER, rows, '0');
}

const LINKEDIN_HEADER =
  'campaign_id,day,_fivetran_synced,action_clicks,ad_unit_clicks,approximate_unique_impressions,card_clicks,card_impressions,clicks,comment_likes,comments,company_page_clicks,conversion_value_in_local_currency,cost_in_local_currency,cost_in_usd,external_website_conversions,external_website_post_click_conversions,external_website_post_view_conversions,follows,full_screen_plays,impressions,landing_page_clicks,lead_generation_mail_contact_info_shares,lead_generation_mail_interested_clicks,likes,one_click_lead_form_opens,one_click_leads,opens,other_engagements,shares,text_url_clicks,total_engagements,video_completions,video_first_quartile_completions,video_midpoint_completions,video_starts,video_third_quartile_completions,video_views,viral_card_clicks,viral_card_impressions,viral_clicks,viral_comment_likes,viral_comments,viral_company_page_clicks,viral_external_website_conversions,viral_external_website_post_click_conversions,viral_external_website_post_view_conversions,viral_follows,viral_full_screen_plays,viral_impressions,viral_landing_page_clicks,viral_likes,viral_one_click_lead_form_opens,viral_one_click_leads,viral_other_engagements,viral_shares,viral_total_engagements,viral_video_completions,viral_video_first_quartile_completions,viral_video_midpoint_completions,viral_video_starts,viral_video_third_quartile_completions,viral_video_views'.split(
    ',',
  );

/** LinkedIn campaign analytics: UTC days, local and dollar cost side by side, cells without a value left empty. */
export function linkedinAdsCsv(market: Market): string {
  const daily = new Map<string, Record<string, string | number>>();
  for (const { row, item, date } of byItemAndDay(rowsOf(market, 'linkedin_ads'))) {
    const campaign = nativeCampaignId(market, item.channel, item.campaign);
    const held = daily.get(`${campaign} ${date}`);
    const euros = row.spend + (held ? Math.round(Number(held.cost_in_local_currency) * 100) : 0);
    const plus = (name: string, value: number): number => value + Number(held?.[name] ?? 0);
    daily.set(`${campaign} ${date}`, {
      campaign_id: campaign,
      day: `${date} 00:00:00`,
      _fivetran_synced: `${market.context.dials.lastDate} 20:21:11.686`,
      clicks: plus('clicks', row.clicks),
      landing_page_clicks: plus('landing_page_clicks', row.clicks),
      impressions: plus('impressions', row.impressions),
      cost_in_local_currency: money(euros),
      cost_in_usd: (euros / 100 / market.context.euroPerDollar[row.day]).toFixed(8),
      external_website_conversions: plus('external_website_conversions', row.conversions),
      external_website_post_click_conversions: plus('external_website_post_click_conversions', row.conversions),
      external_website_post_view_conversions: 0,
    });
  }
  return sparseCsvFile(LINKEDIN_HEADER, [...daily.values()]);
}
