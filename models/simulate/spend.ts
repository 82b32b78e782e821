import { CHANNELS } from './channels.ts';
import type { Context } from './context.ts';
import { adCell, type Tallies } from './tallies.ts';

/** One ad on one day in one market, as its platform bills it. Money in minor units of `currency`. */
export interface SpendRow {
  item: number;
  day: number;
  /** 1 = United States, billed in USD; 0 = all other geos, billed in EUR */
  market: 0 | 1;
  currency: 'EUR' | 'USD';
  impressions: number;
  reach: number;
  clicks: number;
  spend: number;
  /** what the platform claims for itself */
  conversions: number;
  conversionValue: number;
}

/** Bills impressions by the channel's price of a thousand. Only Meta keeps a second account, in dollars. */
export function spendOf(context: Context, tallies: Tallies): SpendRow[] {
  const rows: SpendRow[] = [];
  for (const item of context.plan.items) {
    if (item.kind !== 'ad') continue;
    const channel = CHANNELS[item.channel];
    for (let day = item.start; day < item.end; day++) {
      for (const market of [0, 1] as const) {
        const cell = adCell(tallies, item, day, market);
        const impressions = tallies.adImpressions[cell];
        if (impressions === 0) continue;
        const isDollar = market === 1 && channel.id === 'meta_ads';
        const euros = (impressions * channel.costPerMille) / 10;
        rows.push({
          item: item.index,
          day,
          market,
          currency: isDollar ? 'USD' : 'EUR',
          impressions,
          reach: tallies.adReach[cell],
          clicks: tallies.adClicks[cell] * (1 + Math.floor(channel.wastage / 2)),
          spend: Math.round(isDollar ? euros / context.euroPerDollar[day] : euros),
          conversions: tallies.adConversions[cell],
          conversionValue: tallies.adConversionCents[cell],
        });
      }
    }
  }
  return rows;
}

/** Euro minor units of a row of spend, at the rate of its day. */
export function inEuro(context: Context, row: SpendRow): number {
  return row.currency === 'USD' ? row.spend * context.euroPerDollar[row.day] : row.spend;
}
