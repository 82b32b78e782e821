import type { SourceKind } from '../source.ts';

/** Mastodon API: statuses of the brand's account, read from its home server (`/api/v1/accounts/:id/statuses`, `/api/v1/statuses/:id`). */
export const mastodonStatuses: SourceKind = {
  kind: 'mastodon_statuses',
  title: 'Mastodon statuses',
  platform: 'mastodon',
  streams: ['post', 'metric_observation', 'source_account'],
  format: {
    type: 'json',
    recordsAt: ['ancestors', 'descendants'],
    matches: (record) =>
      'favourites_count' in record && 'reblogs_count' in record && 'visibility' in record && 'uri' in record,
  },
};
