import { currencyExponent } from '../../models/numeric/money.ts';
import type { Config } from '../config.ts';
import { outcomeOf, type Study } from '../config-studies.ts';
import type { Panels } from '../measure-lift.ts';
import type { Warehouse } from '../warehouse.ts';
import type { Measured } from './claim.ts';
import { readSpend } from './read-panels.ts';

/** A question, registered or read off a campaign. */
export interface Asked {
  studyId: string;
  study: Study;
  isRegistered: boolean;
  currency: string;
  driver: string | null;
  /** why it cannot be asked at all */
  refused?: string;
}

/** A question with all that its answer may be read from. */
export interface Asking {
  warehouse: Warehouse;
  config: Config;
  panels: Panels;
  asked: Asked;
}

/** What a study found, and where. */
export interface Found {
  measured: Measured;
  geos: readonly string[] | null;
  /** last day that was read: before the end of the window where a study may be looked at early */
  readUntil: string;
}

/** The smallest total worth having: the registered share of what was there before, else what pays the spend back. */
export async function marginOf({ warehouse, config, asked }: Asking): Promise<(before: number) => number | null> {
  const { study } = asked;
  const { margin, contribution_margin: share } = study;
  if (margin !== undefined) return (before) => (Math.abs(before) > 0 ? margin * Math.abs(before) : null);
  if (share === undefined || outcomeOf(study) !== 'revenue_net') return () => null;
  const minor = 10 ** -currencyExponent(config.reporting.currency);
  const told =
    study.kind === 'users'
      ? null
      : ((await readSpend(warehouse, 'campaign_id', study.campaigns, study, minor)) ??
        (await readSpend(warehouse, 'channel', study.channels, study, minor)));
  const spend = study.spend ?? told?.spend ?? 0;
  return () => (spend > 0 ? spend / share : null);
}
