/** A way in which the brand reaches persons: organic posts on a platform, or its paid ads. */
export interface Channel {
  id: string;
  platform: string;
  kind: 'organic' | 'paid';
  /** the channel group a web analyst would file it under */
  group: string;
  /** platform whose users can be reached; `any` = everyone */
  audience: string;
  /** share of persons that use the platform */
  use: number;
  /** share of a channel's users reached on an average day by one fresh post, or by ads in flight */
  reach: number;
  /** probability that somebody reached engages, or clicks through to the shop */
  engageRate: number;
  clickRate: number;
  /** stock added by seeing, engaging, clicking */
  viewDose: number;
  engageDose: number;
  clickDose: number;
  /** days until half of the stock is gone */
  halfLifeDays: number;
  /** stock at which half of the largest effect is reached */
  halfSaturation: number;
  /** largest extra hazard, as a multiple of the average person's daily order rate */
  strength: number;
  /** paid: price of 1,000 impressions in EUR, and impressions to people outside the market per one inside */
  costPerMille: number;
  wastage: number;
  /** average posts per week */
  postsPerWeek: number;
}

const organic = (id: string, use: number, rest: Partial<Channel>): Channel => ({
  id,
  platform: id,
  kind: 'organic',
  group: 'Organic Social',
  audience: id,
  use,
  reach: 0.16,
  engageRate: 0.07,
  clickRate: 0.016,
  viewDose: 0.2,
  engageDose: 0.6,
  clickDose: 2.2,
  halfLifeDays: 4,
  halfSaturation: 1.2,
  strength: 0.9,
  costPerMille: 0,
  wastage: 0,
  postsPerWeek: 3,
  ...rest,
});

const paid = (id: string, platform: string, audience: string, use: number, rest: Partial<Channel>): Channel => ({
  ...organic(id, use, {}),
  platform,
  kind: 'paid',
  group: 'Paid Social',
  audience,
  reach: 0.16,
  engageRate: 0.01,
  clickRate: 0.018,
  viewDose: 0.25,
  engageDose: 0.4,
  clickDose: 2.2,
  costPerMille: 9,
  wastage: 6,
  postsPerWeek: 0,
  ...rest,
});

/**
 * The brand's channels. What is true about them is here, and nowhere in the data: engagement on Instagram and TikTok
 * sells, Facebook and X hardly do, search ads sell little although they stand at the end of many journeys.
 */
export const CHANNELS: readonly Channel[] = [
  organic('instagram', 0.62, { strength: 1.5, reach: 0.18, postsPerWeek: 4, engageRate: 0.09 }),
  organic('facebook', 0.5, { strength: 0.3, reach: 0.1, postsPerWeek: 3 }),
  organic('tiktok', 0.42, { strength: 1.3, reach: 0.2, postsPerWeek: 3, halfLifeDays: 2.5 }),
  organic('youtube', 0.6, { strength: 1.1, reach: 0.09, postsPerWeek: 1, group: 'Organic Video', halfLifeDays: 8 }),
  organic('linkedin', 0.22, { strength: 0.25, reach: 0.12, postsPerWeek: 1.5 }),
  organic('x', 0.2, { strength: 0.1, reach: 0.12, postsPerWeek: 3 }),
  organic('mastodon', 0.07, {
    group: 'Fediverse',
    strength: 1.2,
    reach: 0.22,
    postsPerWeek: 2.5,
    engageRate: 0.14,
    clickRate: 0.035,
  }),
  paid('meta_ads', 'meta', 'instagram|facebook', 0.81, { strength: 0.9 }),
  paid('tiktok_ads', 'tiktok', 'tiktok', 0.42, { strength: 0.8, halfLifeDays: 2.5, costPerMille: 6.5 }),
  paid('google_ads', 'google', 'any', 1, {
    group: 'Paid Search',
    strength: 0.12,
    reach: 0.03,
    clickRate: 0.09,
    halfLifeDays: 1.5,
    costPerMille: 28,
    wastage: 3,
  }),
  paid('linkedin_ads', 'linkedin', 'linkedin', 0.22, { strength: 0.3, reach: 0.1, costPerMille: 26, wastage: 3 }),
];

export const CHANNEL_INDEX: ReadonlyMap<string, number> = new Map(
  CHANNELS.map((channel, index) => [channel.id, index]),
);
