import { CHANNEL_INDEX, CHANNELS } from './channels.ts';
import { digitsAt, hash32, normalAt, seedOf, textAt, uniformAt } from './hash.ts';
import type { Dials } from './options.ts';

/** A campaign: index 0 of every market is "no campaign", the always-on posts. */
export interface Campaign {
  id: string;
  name: string;
  /** first day and day after the last, counted from the start of the market */
  start: number;
  end: number;
  channels: readonly string[];
  /** '' = none; the rate is the share of the goods' price that it takes off */
  discountCode: string;
  discountRate: number;
}

/** Something that can be seen: an organic post, or an ad (one per campaign and channel, two creatives). */
export interface Item {
  index: number;
  channel: number;
  campaign: number;
  kind: 'post' | 'ad';
  /** day of publication or first day of the flight, day after the flight's last (posts: end of the market) */
  start: number;
  end: number;
  /** second of the day, local time, a post went out */
  second: number;
  /** posts: how well it does, mean 1 */
  quality: number;
  /** only the creator's followers see it */
  isCreator: boolean;
  format: string;
  text: string;
  /** id as the platform writes it, and the ad of the second market (United States) */
  nativeId: string;
  secondId: string;
}

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

/** Extra Instagram posts, one a day, shown by region and time block as the schedule says. */
const POSTING_CAMPAIGN = 'posting_test';

/** Share of its first day's attention that a post keeps on the days after. */
const ATTENTION = [1, 0.4, 0.18, 0.08, 0.04];

interface Blueprint {
  id: string;
  name: string;
  from: number;
  to: number;
  channels: readonly string[];
  discountCode?: string;
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
    else planAds(items, dials, campaigns, channel);
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
    });
  }
  return campaigns;
}

const TEXTS = [
  'Morning routine in three steps',
  'Behind the scenes: our lab in Tromsø',
  'Your questions, answered',
  'Why we test for 28 days',
  'Restock: the night oil is back',
  'Northern light for dry skin, really',
  'Before and after, week four',
  'Refill and save the bottle',
];

function planPosts(
  items: Item[],
  dials: Dials,
  campaigns: readonly Campaign[],
  channel: number,
  eagerness: Float64Array,
): void {
  const spec = CHANNELS[channel];
  const posting = campaigns.findIndex((campaign) => campaign.id === POSTING_CAMPAIGN);
  const isTested = posting >= 0 && campaigns[posting].channels.includes(spec.id);
  const seed = seedOf(dials.seed, `posts ${spec.id}`);
  for (let day = 0; day < dials.days; day++) {
    const wanted = (spec.postsPerWeek / 7) * eagerness[day];
    const count = Math.min(7, Math.floor(wanted) + (uniformAt(seed, day, 0) < wanted - Math.floor(wanted) ? 1 : 0));
    for (let n = 0; n < count + (isTested ? 1 : 0); n++) {
      const running = campaigns
        .map((campaign, index) => ({ campaign, index }))
        .filter(({ campaign, index }) => index > 0 && index !== posting && campaign.channels.includes(spec.id))
        .filter(({ campaign }) => day >= campaign.start && day < campaign.end);
      // two posts in three belong to a campaign that is running
      const draw = uniformAt(seed, day, 10 + n);
      const own = running.length > 0 && draw < 0.67 ? running[hash32(seed, day, 20 + n) % running.length] : undefined;
      const chosen = n === count ? { campaign: campaigns[posting], index: posting } : own;
      const campaign = chosen?.index ?? 0;
      const address = day * 8 + n;
      const second = 9 * 3600 + Math.floor(uniformAt(seed, day, 30 + n) * 8 * 60) * 60;
      const theme = chosen ? `${chosen.campaign.name}: ` : '';
      items.push({
        index: items.length,
        channel,
        campaign,
        kind: 'post',
        start: day,
        end: dials.days,
        second,
        quality: Math.exp(0.5 * normalAt(seed, day, 40 + n) - 0.125),
        isCreator: chosen?.campaign.id.startsWith('creator') ?? false,
        format: formatOf(spec.id, hash32(seed, day, 50 + n)),
        text: theme + TEXTS[hash32(seed, day, 60 + n) % TEXTS.length],
        nativeId: postId(spec.id, seed, address, dials.firstDay + day),
        secondId: textAt(11, seed, address),
      });
    }
  }
}

function planAds(items: Item[], dials: Dials, campaigns: readonly Campaign[], channel: number): void {
  const spec = CHANNELS[channel];
  const seed = seedOf(dials.seed, `ads ${spec.id}`);
  campaigns.forEach((campaign, index) => {
    if (index === 0 || !campaign.channels.includes(spec.id)) return;
    for (let creative = 0; creative < (spec.id === 'google_ads' ? 1 : 2); creative++) {
      const address = index * 4 + creative;
      items.push({
        index: items.length,
        channel,
        campaign: index,
        kind: 'ad',
        start: campaign.start,
        end: campaign.end,
        second: 0,
        quality: creative === 0 ? 1.2 : 0.8,
        isCreator: false,
        format: creative === 0 ? 'video' : 'still',
        text: `${campaign.name} ${creative === 0 ? 'video' : 'still'}`,
        nativeId: digitsAt(spec.id === 'tiktok_ads' ? '18' : '12', 17, seed, address),
        secondId: digitsAt('12', 17, seed, 5000 + address),
      });
    }
  });
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

function formatOf(platform: string, draw: number): string {
  const formats: Record<string, readonly string[]> = {
    instagram: ['IG reel', 'IG image', 'IG carousel'],
    facebook: ['Photo', 'Reel', 'Link'],
    linkedin: ['Image', 'Article'],
  };
  const choice = formats[platform] ?? ['Post'];
  return choice[draw % choice.length];
}

function postId(platform: string, seed: number, address: number, day: number): string {
  if (platform === 'instagram') return digitsAt('178', 17, seed, address);
  if (platform === 'facebook') return digitsAt('122', 18, seed, address);
  if (platform === 'tiktok') return digitsAt('75', 19, seed, address);
  if (platform === 'youtube') return textAt(11, seed, address);
  if (platform === 'linkedin') return digitsAt('73', 19, seed, address);
  if (platform === 'x') return digitsAt('206', 19, seed, address);
  // Mastodon ids are milliseconds since 1970, shifted by 16 bits
  return String((BigInt(day) * 86400000n + BigInt(hash32(seed, address, 7) % 80000000)) * 65536n + 17n);
}

/** Number of the campaign with this id; -1 = none. */
export function campaignIndex(plan: Plan, id: string): number {
  return plan.campaigns.findIndex((campaign) => campaign.id === id);
}

export const GOOGLE_ADS = CHANNEL_INDEX.get('google_ads') as number;
export const META_ADS = CHANNEL_INDEX.get('meta_ads') as number;
