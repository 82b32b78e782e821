import type { SourceKind } from '../source.ts';

export const socialSources: readonly SourceKind[] = [];
