import { startOfDay } from './calendar.ts';
import { type Campaign, type Item, POSTING_CAMPAIGN } from './campaign.ts';
import { CHANNELS } from './channels.ts';
import { digitsAt, hash32, normalAt, seedOf, textAt, uniformAt } from './hash.ts';
import type { Dials } from './options.ts';

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

/** Lays out the organic posts of one channel. */
export function planPosts(
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
        nativeId: postId(spec.id, seed, address, startOfDay('Europe/Paris', dials.firstDay + day) + second * 1000),
        secondId: textAt(11, seed, address),
      });
    }
  }
}

/**
 * Ads of one paid channel: for each campaign two creatives, one for search; on Meta also a boost of seven days for the post that
 * did best, which with a confounded brand is the post that met the highest demand.
 */
export function planAds(
  items: Item[],
  dials: Dials,
  campaigns: readonly Campaign[],
  channel: number,
  eagerness: Float64Array,
): void {
  const spec = CHANNELS[channel];
  const seed = seedOf(dials.seed, `ads ${spec.id}`);
  campaigns.forEach((campaign, index) => {
    if (index === 0 || !campaign.channels.includes(spec.id)) return;
    const boostDay = bestDay(dials, campaign, eagerness, seed);
    const creatives = [
      { name: 'video', quality: 1.2, start: campaign.start, end: campaign.end },
      { name: 'still', quality: 0.8, start: campaign.start, end: campaign.end },
      { name: 'boost', quality: 1, start: boostDay, end: Math.min(boostDay + 7, campaign.end) },
    ];
    const count = spec.id === 'google_ads' ? 1 : spec.id === 'meta_ads' ? 3 : 2;
    creatives.slice(0, count).forEach(({ name, quality, start, end }, creative) => {
      const address = index * 4 + creative;
      items.push({
        index: items.length,
        channel,
        campaign: index,
        kind: 'ad',
        start,
        end,
        second: 0,
        quality: quality * campaign.intensity,
        isCreator: false,
        format: name,
        text: `${campaign.name} ${name}`,
        nativeId: digitsAt(spec.id === 'tiktok_ads' ? '18' : '12', 17, seed, address),
        secondId: digitsAt('12', 17, seed, 5000 + address),
      });
    });
  });
}

/** The day of a campaign on which a post seemed to do best: demand in the eyes of a confounded brand, luck in those of another. */
function bestDay(dials: Dials, campaign: Campaign, eagerness: Float64Array, seed: number): number {
  let best = campaign.start;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let day = campaign.start; day < campaign.end; day++) {
    const score = Math.log(eagerness[day]) + (1 - dials.confounding) * 0.5 * normalAt(seed, day, 80);
    if (score > bestScore) {
      best = day;
      bestScore = score;
    }
  }
  return best;
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

/**
 * The id a platform gives a post. TikTok (seconds, 32 bits), LinkedIn (milliseconds, 22 bits), X (milliseconds since
 * 2010-11-04, 22 bits) and Mastodon (milliseconds, 16 bits) write the instant into it, before a number of their own.
 */
function postId(platform: string, seed: number, address: number, at: number): string {
  if (platform === 'instagram') return digitsAt('178', 17, seed, address);
  if (platform === 'facebook') return digitsAt('122', 18, seed, address);
  if (platform === 'youtube') return textAt(11, seed, address);
  const own = BigInt(hash32(seed, address, 7));
  if (platform === 'tiktok') return String((BigInt(Math.floor(at / 1000)) << 32n) | own);
  if (platform === 'linkedin') return String((BigInt(at) << 22n) | (own & 0x3fffffn));
  if (platform === 'x') return String((BigInt(at - 1288834974657) << 22n) | (own & 0x3fffffn));
  return String((BigInt(at) << 16n) | (own & 0xffffn));
}
