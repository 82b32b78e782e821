import type { SourceKind } from '../source.ts';
import { googleAdAccounts, googleAds } from './google.ts';
import { linkedinAds, linkedinCreatives } from './linkedin.ts';
import { metaAdActions, metaAdActionValues, metaAdCreatives, metaAds } from './meta.ts';
import { metaAdsManager } from './meta-manager.ts';
import { pinterestAds } from './pinterest.ts';
import { redditAds } from './reddit.ts';
import { snapchatAds } from './snapchat.ts';
import { tiktokAds, tiktokAdvertisers } from './tiktok.ts';
import { xAds } from './x.ts';

export const adSources: readonly SourceKind[] = [
  metaAds,
  metaAdActions,
  metaAdActionValues,
  metaAdCreatives,
  metaAdsManager,
  tiktokAds,
  tiktokAdvertisers,
  linkedinAds,
  linkedinCreatives,
  googleAds,
  googleAdAccounts,
  snapchatAds,
  pinterestAds,
  redditAds,
  xAds,
];
