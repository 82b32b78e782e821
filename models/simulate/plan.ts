import { type Campaign, type Item, POSTING_CAMPAIGN } from './campaign.ts';
import { CHANNEL_INDEX, CHANNELS } from './channels.ts';
import type { Dials } from './options.ts';
import { planAds, planPosts } from './plan-items.ts';

export interface Plan {
  campaigns: readonly Campaign[];
  items: readonly Item[];
  /** per channel: its ads */
  ads: readonly (readonly Item[])[];
  /** per channel and day: items that can be seen and their cumulative attention; last entry = reach of the day */
  visible: readonly (readonly { items: Uint32Array; cumulative: Float64Array }[])[];
  /** the campaign whose holdout geos see nothing of it, and the one whose ads a user study withholds; -1 = none */
  geoStudyCampaign: number;
  userStudyCampaign: number;
  /** the campaign whose posts follow a randomised schedule; -1 = none */
  postingCampaign: number;
}

/** Share of its first day's attention that a post keeps on the days after. */
const ATTENTION = [1, 0.4, 0.18, 0.08, 0.04];

interface Blueprint {
  id: string;
  name: string;
  from: number;
  to: number;
  channels: readonly string[];
  discountCode?: string;
  intensity?: number;
}

const BLUEPRINTS: readonly Blueprint[] = [
  {
    id: 'spring_glow',
    name: 'Spring glow',
    from: 0.04,
    to: 0.36,
    channels: ['instagram', 'facebook', 'tiktok', 'meta_ads', 'google_ads'],
    discountCode: 'GLOW10',
  },
  {
    id: 'barrier_serum',
    name: 'Barrier serum launch',
    from: 0.3,
    to: 0.62,
    channels: ['instagram', 'youtube', 'x', 'mastodon', 'meta_ads', 'tiktok_ads'],
  },
  {
    id: 'creator_lena',
    name: 'Creator: Lena',
    from: 0.34,
    to: 0.66,
    channels: ['instagram', 'youtube', 'tiktok'],
    discountCode: 'LENA15',
  },
  {
    id: 'pro_skin',
    name: 'Pro skin for clinics',
    from: 0.2,
    to: 0.8,
    channels: ['linkedin', 'linkedin_ads'],
  },
  {
    id: 'sun_care',
    name: 'Sun care',
    intensity: 2,
    from: 0.64,
    to: 1,
    channels: ['instagram', 'facebook', 'tiktok', 'x', 'mastodon', 'meta_ads', 'tiktok_ads'],
  },
  { id: 'brand_search', name: 'Brand search', from: 0, to: 1, channels: ['google_ads'] },
];

/** A season of marketing lasts about a quarter; longer markets repeat it with numbered campaigns. */
const CYCLE_DAYS = 90;

/**
 * Lays out campaigns, posts and ad flights for the whole window. Depends on the seed, never on persons or effects.
 *
 * @param eagerness  per day, mean 1: a confounded brand posts more when demand is high
 */
export function planMarketing(dials: Dials, eagerness: Float64Array): Plan {
  const campaigns = planCampaigns(dials);
  const items: Item[] = [];
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    if (CHANNELS[channel].kind === 'organic') planPosts(items, dials, campaigns, channel, eagerness);
    else planAds(items, dials, campaigns, channel, eagerness);
  }
  const last = (stem: string): number => campaigns.findLastIndex((campaign) => campaign.id.startsWith(stem));
  return {
    campaigns,
    items,
    ads: CHANNELS.map((_, channel) => items.filter((item) => item.kind === 'ad' && item.channel === channel)),
    visible: CHANNELS.map((spec, channel) => {
      const own = items.filter((item) => item.channel === channel);
      return Array.from({ length: dials.days }, (_, day) => visibleOn(own, spec.reach, day));
    }),
    geoStudyCampaign: dials.holdoutGeos > 0 ? last('sun_care') : -1,
    userStudyCampaign: dials.holdoutUsers > 0 ? last('barrier_serum') : -1,
    postingCampaign: last(POSTING_CAMPAIGN),
  };
}

function planCampaigns({ days, postingBlockDays }: Dials): Campaign[] {
  const cycles = Math.max(1, Math.round(days / CYCLE_DAYS));
  const campaigns: Campaign[] = [
    {
      id: '',
      name: 'Always on',
      start: 0,
      end: days,
      channels: CHANNELS.map((c) => c.id),
      discountCode: '',
      discountRate: 0,
      intensity: 1,
    },
  ];
  for (let cycle = 0; cycle < cycles; cycle++) {
    const start = Math.floor((days * cycle) / cycles);
    const length = Math.floor((days * (cycle + 1)) / cycles) - start;
    for (const blueprint of BLUEPRINTS) {
      const suffix = cycle === 0 ? '' : `_${cycle + 1}`;
      campaigns.push({
        id: blueprint.id + suffix,
        name: cycle === 0 ? blueprint.name : `${blueprint.name} ${cycle + 1}`,
        start: start + Math.floor(length * blueprint.from),
        end: start + Math.max(1, Math.floor(length * blueprint.to)),
        channels: blueprint.channels,
        discountCode: blueprint.discountCode ? blueprint.discountCode + suffix.replace('_', '-') : '',
        discountRate: Number(/\d+$/.exec(blueprint.discountCode ?? '')?.[0] ?? 0) / 100,
        intensity: blueprint.intensity ?? 1,
      });
    }
  }
  if (postingBlockDays > 0) {
    const channels = ['instagram'];
    campaigns.push({
      id: POSTING_CAMPAIGN,
      name: 'Posting test',
      start: 0,
      end: days,
      channels,
      discountCode: '',
      discountRate: 0,
      intensity: 1,
    });
  }
  return campaigns;
}

/** What a user of a channel can see on a day, and with which probability one item reaches an average user. */
function visibleOn(
  items: readonly Item[],
  reach: number,
  day: number,
): { items: Uint32Array; cumulative: Float64Array } {
  const indexes: number[] = [];
  const cumulative: number[] = [];
  let total = 0;
  for (const item of items) {
    if (day < item.start || day >= item.end) continue;
    const age = day - item.start;
    const weight = item.kind === 'ad' ? item.quality / 2 : item.quality * (ATTENTION[age] ?? 0);
    if (weight === 0) continue;
    total += weight * reach;
    indexes.push(item.index);
    cumulative.push(total);
  }
  return { items: Uint32Array.from(indexes), cumulative: Float64Array.from(cumulative) };
}

export const GOOGLE_ADS = CHANNEL_INDEX.get('google_ads') as number;
export const META_ADS = CHANNEL_INDEX.get('meta_ads') as number;
