import { isoDay } from '../calendar.ts';
import { CHANNELS } from '../channels.ts';
import type { Market } from '../market.ts';
import { nativeCampaignId } from './ad-rows.ts';
import { utmCampaign } from './links.ts';

interface CampaignMapEntry {
  campaign: string;
  match: 'platform_id' | 'utm_campaign' | 'discount_code' | 'post_id' | 'regex';
  platform?: string;
  value: string;
}

/** What a workspace must be told about a market: its campaigns, and which ids, tags and codes mean which of them. */
export interface Configuration {
  campaigns: { id: string; name: string; starts: string; ends: string }[];
  campaign_map: CampaignMapEntry[];
}

/**
 * The truthful configuration, as somebody who knows the brand would write it. Values that people mistyped in links are
 * not in it.
 */
export function configurationOf(market: Market): Configuration {
  const { plan, dials } = market.context;
  const campaigns = plan.campaigns.slice(1).map((campaign) => ({
    id: campaign.id,
    name: campaign.name,
    starts: isoDay(dials.firstDay + campaign.start),
    ends: isoDay(dials.firstDay + campaign.end - 1),
  }));
  const entries = new Map<string, CampaignMapEntry>();
  const add = (entry: CampaignMapEntry): void => {
    entries.set(`${entry.campaign} ${entry.match} ${entry.platform ?? ''} ${entry.value}`, entry);
  };
  plan.campaigns.forEach((campaign, index) => {
    if (index === 0) return;
    add({ campaign: campaign.id, match: 'utm_campaign', value: campaign.id });
    if (campaign.discountCode) add({ campaign: campaign.id, match: 'discount_code', value: campaign.discountCode });
  });
  for (const item of plan.items) {
    const campaign = plan.campaigns[item.campaign].id;
    if (campaign === '') continue;
    const channel = CHANNELS[item.channel];
    // hyphens instead of underscores are known; letters left out are not
    const tag = utmCampaign(market, item).toLowerCase();
    if (tag.includes('-')) add({ campaign, match: 'utm_campaign', value: tag });
    if (item.kind === 'post') {
      if (!tag.includes('_') && !tag.includes('-'))
        add({ campaign, match: 'post_id', platform: channel.platform, value: item.nativeId });
      continue;
    }
    const isCampaignLevel = channel.id === 'google_ads' || channel.id === 'linkedin_ads';
    if (isCampaignLevel) {
      const value = nativeCampaignId(market, item.channel, item.campaign);
      add({ campaign, match: 'platform_id', platform: channel.platform, value });
    } else add({ campaign, match: 'platform_id', platform: channel.platform, value: item.nativeId });
  }
  for (const campaign of plan.campaigns.slice(1)) {
    if (campaign.channels.includes('meta_ads')) {
      // the dollar account exports names only
      const value = `${dials.brand} \\| US \\| ${campaign.id}$`;
      add({ campaign: campaign.id, match: 'regex', platform: 'meta', value });
    }
  }
  return { campaigns, campaign_map: [...entries.values()] };
}

/** The configuration as a fragment of `liftproof.yaml`. */
export function configurationYaml(configuration: Configuration): string {
  const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  const campaigns = configuration.campaigns.map(
    ({ id, name, starts, ends }) => `  - { id: ${id}, name: ${quoted(name)}, starts: ${starts}, ends: ${ends} }`,
  );
  const map = configuration.campaign_map.map(({ campaign, match, platform, value }) => {
    const on = platform ? `platform: ${platform}, ` : '';
    return `  - { campaign: ${campaign}, match: ${match}, ${on}value: ${quoted(value)} }`;
  });
  return ['campaigns:', ...campaigns, 'campaign_map:', ...map, ''].join('\n');
}
