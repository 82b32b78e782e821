import { adSources } from './ads/index.ts';
import { commerceSources } from './commerce/index.ts';
import { plainSources } from './plain.ts';
import { socialSources } from './social/index.ts';
import type { SourceKind } from './source.ts';
import { webSources } from './web/index.ts';

/** Every kind that can be recognised, the more specific first only for display; recognition compares all of them. */
export const SOURCE_KINDS: readonly SourceKind[] = [
  ...commerceSources,
  ...webSources,
  ...adSources,
  ...socialSources,
  ...plainSources,
];
