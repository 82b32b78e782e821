import type { SourceKind } from '../source.ts';

/** TikTok Studio `FollowerHistory`: followers at the end of each day, written without a year. */
export const tiktokFollowersCsv: SourceKind = {
  kind: 'tiktok_followers_csv',
  title: 'TikTok Studio follower history export',
  platform: 'tiktok',
  streams: ['metric_observation'],
  assumes: {
    account: 'the only account of its platform; declare one when there are more',
    year: 'days carry none; the newest is dated to the last year in which it is not after the export',
  },
  format: {
    type: 'csv',
    columns: {
      date: ['Date', 'Datum', 'Fecha', 'Data'],
      followers: ['Followers', 'Follower', 'Abonnés', 'Followers totaux', 'Seguidores'],
      difference: [
        'Difference in followers from previous day',
        /^(?:differenz|unterschied|veränderung) .*(?:follower).*$/,
        /^(?:différence|écart) .*(?:abonnés|followers).*$/,
        /^diferencia .*seguidores.*$/,
      ],
    },
    required: ['date', 'followers', 'difference'],
  },
};
