import type { SourceKind } from '../source.ts';

/**
 * Mastodon API: the brand's own account (`/api/v1/accounts/verify_credentials`), for its followers. Lists of accounts, which would be
 * other people, are not read.
 */
export const mastodonAccount: SourceKind = {
  kind: 'mastodon_account',
  title: 'Mastodon account credentials',
  platform: 'mastodon',
  streams: ['metric_observation', 'source_account'],
  format: {
    type: 'json',
    matches: (record) =>
      'acct' in record && 'followers_count' in record && typeof record.source === 'object' && record.source !== null,
  },
};
