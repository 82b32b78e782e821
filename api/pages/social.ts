/** Channels where people engage with posts. */
export const SOCIAL_CHANNELS = ['Organic Social', 'Organic Video', 'Fediverse', 'Influencer', 'Paid Social'] as const;
