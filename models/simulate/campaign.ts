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
  /** how heavily its ads run; 1 = as most do */
  intensity: number;
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

/** Extra Instagram posts, one a day, shown by region and time block as the schedule says. */
export const POSTING_CAMPAIGN = 'posting_test';
