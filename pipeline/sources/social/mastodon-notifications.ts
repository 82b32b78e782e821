import type { SourceKind } from '../source.ts';

/** Mastodon API: notifications of the brand's account (`/api/v1/notifications`): who favourited, boosted, replied, followed. */
export const mastodonNotifications: SourceKind = {
  kind: 'mastodon_notifications',
  title: 'Mastodon notifications',
  platform: 'mastodon',
  streams: ['engagement_event'],
  format: {
    type: 'json',
    matches: (record) =>
      'type' in record &&
      'created_at' in record &&
      'id' in record &&
      !('visibility' in record) &&
      typeof record.account === 'object' &&
      record.account !== null &&
      'acct' in record.account,
  },
};
