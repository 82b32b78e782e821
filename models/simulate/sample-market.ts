import type { MarketOptions } from './options.ts';

/** The brand in `data-samples/`. */
export const SAMPLE: MarketOptions = {
  seed: 20260630,
  persons: 3500,
  days: 90,
  lastDate: '2026-06-30',
  brand: 'Nordlys',
  confounding: 0.6,
  boycott: 0.35,
};
