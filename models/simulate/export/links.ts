import type { Item } from '../campaign.ts';
import { CHANNELS } from '../channels.ts';
import { DENIED } from '../demand.ts';
import { hash32, seedOf, textAt } from '../hash.ts';
import type { Market } from '../market.ts';
import type { Visit } from '../visits.ts';

/** What a visit looks like from the shop: the address asked for, where it came from, and the campaign parameters in it. */
export interface Landing {
  url: string;
  path: string;
  referrer: string;
  utm: { source: string; medium: string; campaign: string; content: string } | null;
}

/** Host of the shop; the one of the United States is `us.` below it. The top-level domain belongs to nobody. */
export function shopHost(market: Market): string {
  return `${market.context.dials.brand.toLowerCase()}.example`;
}

const PATHS = [
  '/',
  '/products/barrier-serum',
  '/products/midnight-sun-spf',
  '/collections/all',
  '/products/aurora-day-cream',
];

/** Where links of a channel say they come from: our own tags, written by people, so not all alike. */
const TAGS: Readonly<Record<string, { source: string; medium: string; referrer: string; clickId: string }>> = {
  instagram: { source: 'instagram', medium: 'social', referrer: 'https://l.instagram.com/', clickId: 'igshid' },
  facebook: { source: 'facebook', medium: 'social', referrer: 'https://l.facebook.com/', clickId: 'fbclid' },
  tiktok: { source: 'tiktok', medium: 'social', referrer: 'https://www.tiktok.com/', clickId: '' },
  youtube: { source: 'youtube', medium: 'video', referrer: 'https://www.youtube.com/', clickId: '' },
  linkedin: { source: 'LinkedIn', medium: 'social', referrer: 'https://www.linkedin.com/', clickId: '' },
  x: { source: 'x', medium: 'social', referrer: 'https://t.co/', clickId: '' },
  // Mastodon links carry rel="noreferrer"
  mastodon: { source: 'mastodon', medium: 'social', referrer: '', clickId: '' },
  meta_ads: { source: 'facebook', medium: 'paid_social', referrer: 'https://l.facebook.com/', clickId: 'fbclid' },
  tiktok_ads: { source: 'tiktok', medium: 'paid_social', referrer: 'https://www.tiktok.com/', clickId: 'ttclid' },
  google_ads: { source: 'google', medium: 'cpc', referrer: 'https://www.google.com/', clickId: 'gclid' },
  linkedin_ads: {
    source: 'LinkedIn',
    medium: 'paid_social',
    referrer: 'https://www.linkedin.com/',
    clickId: 'li_fat_id',
  },
};

/** The address a visit landed on. `index` is the visit's number in the market. */
export function landingOf(market: Market, visit: Visit, index: number): Landing {
  const { dials, plan, population } = market.context;
  const seed = seedOf(dials.seed, 'links');
  const path = PATHS[hash32(seed, index, 0) % PATHS.length];
  const host = `https://${dials.geos[population.geo[visit.person]].country === 'US' ? 'us.' : ''}${shopHost(market)}`;
  if (visit.source === 'direct' || visit.isLost) return { url: host + path, path, referrer: '', utm: null };
  if (visit.source === 'organic_search')
    return { url: host + path, path, referrer: 'https://www.google.com/', utm: null };
  if (visit.source === 'email') {
    const utm = { source: 'newsletter', medium: 'email', campaign: 'weekly', content: '' };
    return tagged(host, path, '', utm, '');
  }
  const item = plan.items[visit.item];
  const channel = CHANNELS[visit.channel];
  const tags = TAGS[channel.id];
  const utm = {
    source: tags.source,
    medium: tags.medium,
    campaign: utmCampaign(market, item),
    content: contentOf(item),
  };
  // without consent the shop's own pages drop click ids
  const mayFollow = population.consent[visit.person] < DENIED;
  const clickId = tags.clickId && mayFollow ? `${tags.clickId}=${textAt(22, seed, index)}` : '';
  return tagged(host, path, tags.referrer, utm, clickId);
}

/** The value a link's author wrote: the campaign's id, except where people wrote it in their own way. */
export function utmCampaign(market: Market, item: Item): string {
  const id = market.context.plan.campaigns[item.campaign].id;
  if (id === '') return '';
  const channel = CHANNELS[item.channel].id;
  if (channel === 'linkedin' || channel === 'linkedin_ads') return id.replaceAll('_', '-');
  if (channel === 'x') return `${id[0].toUpperCase()}${id.slice(1)}`;
  // one TikTok link in ten was mistyped; no map knows the value
  if (channel === 'tiktok' && item.index % 10 === 3) return id.replaceAll('_', '');
  return id;
}

function contentOf(item: Item): string {
  return item.kind === 'ad' ? item.nativeId : `post-${item.nativeId}`;
}

function tagged(
  host: string,
  path: string,
  referrer: string,
  utm: NonNullable<Landing['utm']>,
  clickId: string,
): Landing {
  const parameters = [`utm_source=${utm.source}`, `utm_medium=${utm.medium}`];
  if (utm.campaign) parameters.push(`utm_campaign=${utm.campaign}`);
  if (utm.content) parameters.push(`utm_content=${utm.content}`);
  if (clickId) parameters.push(clickId);
  const full = `${path}?${parameters.join('&')}`;
  return { url: host + full, path: full, referrer, utm };
}
